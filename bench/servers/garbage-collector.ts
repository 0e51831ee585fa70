/**
 * Loaded before daxd (`node --import`) where memory is measured over hours: has the garbage
 * collected when asked, so that what is in use is told from what only has not been collected yet.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

// A thread that daxd starts loads this, too, and shares its flags; it is not asked.
if (isMainThread) {
  process.on('message', (question) => {
    if (question !== 'collect') return
    collect()
    process.send?.('collected')
  })
  process.channel?.unref()
}
