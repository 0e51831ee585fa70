import { useState } from 'preact/hooks'
import { useApp } from '../app.ts'
import { type Drawn, html } from '../parts/html.ts'

/** Asks for a token; it stays in this tab and goes with it. */
export function SignIn(): Drawn {
  const { session } = useApp()
  const [token, setToken] = useState('')
  return html`<section class="sign-in">
    <h1 tabindex="-1">Who are you?</h1>
    ${
      session.isTokenWrong.value &&
      html`<p class="problem"
      role="alert">daxd does not know that token.</p>`
    }
    <form
      onSubmit=${(event: Event) => {
        event.preventDefault()
        session.enter(token.trim())
      }}
    >
      <label class="field"
        ><span>Token</span
        ><input
          type="password"
          autocomplete="off"
          required
          value=${token}
          onInput=${(event: Event) => setToken((event.target as HTMLInputElement).value)}
        /><small>It is kept in this tab only, and forgotten with it.</small></label
      >
      <button type="submit" class="primary">Sign in</button>
    </form>
    <p class="hint">
      On the host, <code>daxd token create --name you --role viewer</code> makes one that may look
      at everything and change nothing.
    </p>
  </section>` as Drawn
}
