import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

/** Where the API server is, and how we show who we are. */
export interface KubeConfig {
  readonly server: URL
  /** PEM; absent trusts what Node trusts. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly token?: string
  /** Read again and again: a pod's token is replaced every hour. */
  readonly tokenFile?: string
  /** The name that the server's certificate must bear, where it is not the address. */
  readonly serverName?: string
  readonly insecure?: boolean
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

const clusterSchema = z.object({
  server: z.url(),
  'certificate-authority': z.string().exactOptional(),
  'certificate-authority-data': z.string().exactOptional(),
  'tls-server-name': z.string().exactOptional(),
  'insecure-skip-tls-verify': z.boolean().exactOptional(),
})

const userSchema = z.object({
  'client-certificate': z.string().exactOptional(),
  'client-certificate-data': z.string().exactOptional(),
  'client-key': z.string().exactOptional(),
  'client-key-data': z.string().exactOptional(),
  token: z.string().exactOptional(),
  tokenFile: z.string().exactOptional(),
  exec: z.unknown().exactOptional(),
})

const fileSchema = z.object({
  'current-context': z.string().exactOptional(),
  contexts: z.array(
    z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) }),
  ),
  clusters: z.array(z.object({ name: z.string(), cluster: clusterSchema })),
  users: z.array(z.object({ name: z.string(), user: userSchema })),
})

/**
 * What a pod finds in itself: the address in the environment, token and CA beside it.
 * @throws Error when this is no pod, or one without a service account.
 */
export function inClusterConfig(
  environment: NodeJS.ProcessEnv,
  directory: string = SERVICE_ACCOUNT,
): KubeConfig {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment
  if (host === undefined || port === undefined) {
    throw new Error('This is no pod: KUBERNETES_SERVICE_HOST is not set. Name a kubeconfig.')
  }
  const address = host.includes(':') ? `[${host}]` : host
  return {
    server: new URL(`https://${address}:${port}`),
    ca: readFileSync(resolve(directory, 'ca.crt'), 'utf8'),
    tokenFile: resolve(directory, 'token'),
  }
}

/**
 * The current context of a kubeconfig file; paths in it begin at its directory, as kubectl reads
 * them.
 * @throws Error with a sentence for the operator; a user that runs a program is not supported.
 */
export function readKubeConfig(path: string): KubeConfig {
  const parsed = fileSchema.safeParse(parse(readFileSync(path, 'utf8')))
  if (!parsed.success) throw new Error(`${path} is no kubeconfig: ${z.prettifyError(parsed.error)}`)
  const { contexts, clusters, users, 'current-context': current } = parsed.data
  const { context } = named(contexts, current ?? contexts[0]?.name ?? '', `${path}: context`)
  const { cluster } = named(clusters, context.cluster, `${path}: cluster`)
  const { user } = named(users, context.user, `${path}: user`)
  if (user.exec !== undefined) {
    throw new Error(`${path}: user ${context.user} runs a program to log in; give it a token.`)
  }
  const from = dirname(path)
  const pem = (data: string | undefined, file: string | undefined): string | undefined => {
    if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8')
    return file === undefined ? undefined : readFileSync(resolve(from, file), 'utf8')
  }
  return {
    server: new URL(cluster.server),
    ...given('ca', pem(cluster['certificate-authority-data'], cluster['certificate-authority'])),
    ...given('cert', pem(user['client-certificate-data'], user['client-certificate'])),
    ...given('key', pem(user['client-key-data'], user['client-key'])),
    ...given('token', user.token),
    ...(user.tokenFile === undefined ? {} : { tokenFile: resolve(from, user.tokenFile) }),
    ...given('serverName', cluster['tls-server-name']),
    ...(cluster['insecure-skip-tls-verify'] === true ? { insecure: true } : {}),
  }
}

function given<K extends string>(
  key: K,
  value: string | undefined,
): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: string })
}

function named<T extends { readonly name: string }>(
  items: readonly T[],
  name: string,
  what: string,
): T {
  const found = items.find((item) => item.name === name)
  if (found === undefined) throw new Error(`${what} ${JSON.stringify(name)} is not there.`)
  return found
}
