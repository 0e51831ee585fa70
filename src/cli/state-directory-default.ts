import { defaultStateDirectory } from '../config.ts'

/** Other commands look where `serve` would keep its state, if it is told by the environment. */
export function stateDirectoryDefault({ DAXD_STATE_DIR: given }: NodeJS.ProcessEnv): string {
  return given === undefined || given === '' ? defaultStateDirectory(process.env) : given
}
