/** What the programs that serve a kubelet on a node have in common: flags. */
import { Option } from 'commander'
import { LISTEN_DEFAULT, LOG_LEVELS } from '../config.ts'

const KUBELET_DIRECTORY_DEFAULT = '/var/lib/kubelet'
const SHARE_DEFAULT = 'kubernetes'

/** The flags that say which daxd, and which node. */
export interface NodeFlags {
  readonly daxd: string
  readonly daxdTokenFile?: string
  readonly nodeName: string
  readonly share: string
  readonly kubeletDir: string
  readonly logLevel: string
}

/** Options that say which daxd and which node, in the order in which help shows them. */
export function nodeOptions(): Option[] {
  return [
    new Option('--daxd <where>', 'http://HOST:PORT or unix:PATH of the daxd of this node')
      .env('DAXD_ADDRESS')
      .default(`http://${LISTEN_DEFAULT}`),
    new Option('--daxd-token-file <file>', 'the bearer token that daxd asks for').env(
      'DAXD_CLIENT_TOKEN_FILE',
    ),
    new Option('--node-name <name>', 'this node, as Kubernetes calls it')
      .env('NODE_NAME')
      .makeOptionMandatory(),
  ]
}

/** Options that say whose memory is given to which kubelet, after a program's own. */
export function placeOptions(): Option[] {
  return [
    new Option('--share <name>', "the share of each region that is Kubernetes' own").default(
      SHARE_DEFAULT,
    ),
    new Option('--kubelet-dir <dir>', "the kubelet's directory").default(KUBELET_DIRECTORY_DEFAULT),
  ]
}

/** How much such a program logs. */
export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'how much is logged')
    .choices([...LOG_LEVELS])
    .default('info')
}
