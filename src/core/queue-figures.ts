/** One bounded queue, as an operator sees it: how full it is and whom it has turned away. */
export interface QueueFigures {
  readonly name: string
  readonly length: number
  readonly limit: number
  /** How many were refused since the start. */
  readonly refused: number
}
