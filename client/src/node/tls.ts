/** Certificates in PEM; each as text or as the file that holds it. */
export interface Tls {
  /** Who may have signed daxd's certificate. Default: whom Node trusts. */
  readonly ca?: string | undefined
  /** The client's own certificate, and its key. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** Files are read again when they have changed. */
  readonly caFile?: string | undefined
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
  /** The name that daxd's certificate must have. Default: the host of the address. */
  readonly servername?: string | undefined
}
