import type { Metrics } from '../plugins/metrics-registry.ts'

/** What is known of credentials, without any of them. */
export interface IdentityFigures {
  readonly tokens: { readonly valid: number; readonly expired: number; readonly revoked: number }
  /** When the first long-lived token ends, milliseconds since the epoch; null for never. */
  readonly nextTokenEndMs: number | null
  /** When the certificate of the service ends, the same; null without one. */
  readonly certificateEndMs: number | null
  /** By source, whether what is on the disk now, or was fetched last, cannot be used. */
  readonly problems: Readonly<Record<string, boolean>>
}

/** Of credentials: how many there are, when they end, and whether changed files are in force. */
export function registerIdentityMetrics(metrics: Metrics, figures: () => IdentityFigures): void {
  metrics.gauge(
    { name: 'daxd_tokens', help: 'Tokens of the state directory.', labels: ['state'] },
    () => Object.entries(figures().tokens).map(([state, value]) => ({ value, labels: { state } })),
  )
  metrics.gauge(
    {
      name: 'daxd_token_next_expiry_timestamp_seconds',
      help: 'When the next token made for 30 days or more ends; absent when none does.',
    },
    () => instant(figures().nextTokenEndMs),
  )
  metrics.gauge(
    {
      name: 'daxd_tls_certificate_expiry_timestamp_seconds',
      help: 'When the certificate that daxd shows ends; absent without one.',
    },
    () => instant(figures().certificateEndMs),
  )
  metrics.gauge(
    {
      name: 'daxd_identity_problem',
      help: '1 while what has changed there cannot be used, and what it said before counts.',
      labels: ['source'],
    },
    () =>
      Object.entries(figures().problems).map(([source, is]) => ({
        value: is ? 1 : 0,
        labels: { source },
      })),
  )
}

function instant(ms: number | null): { readonly value: number }[] {
  return ms === null ? [] : [{ value: ms / 1000 }]
}
