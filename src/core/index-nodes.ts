import { invariant } from './invariant.ts'

/** A compound key; entries are ordered by `primary`, then by `secondary`. NaN is not a key. */
export interface Key {
  readonly primary: number
  readonly secondary: number
}

/** Entries in one node. Measured: 16 and 64 are as fast; a search waits for memory, not for us. */
export const NODE_ENTRIES = 32

/** A node other than the root with fewer entries is filled up or joined with its neighbour. */
export const NODE_ENTRIES_MIN = 8

/** Two neighbours with no more entries together become one, which has room to grow. */
const JOINED_ENTRIES_MAX = 24

/** Nodes that a new store has room for; it doubles when they are used up. */
const INITIAL_NODES = 4

/** No node, or no position. */
export const NONE = -1

/**
 * The nodes of an ordered index, leaves and inner nodes alike, in typed arrays that double when
 * full. Entry `slot` of node `node` stands at position `node * NODE_ENTRIES + slot`. A released
 * node waits in a list through `nexts` to be used again.
 *
 * The casts to `number` below: every index comes from a count or a position of ours, so it is
 * inside its array. A shared reader of all these array types would make each read a slow one.
 */
export interface IndexNodes {
  /** Primary and secondary key of position p stand at 2p and 2p + 1. */
  keys: Float64Array
  /** The value of a leaf's entry, the child of an inner node's. */
  links: Float64Array
  counts: Uint8Array
  /** The right-hand neighbour on the same level, or NONE. */
  nexts: Int32Array
  /** Nodes that were ever in use. */
  used: number
  /** The first released node, or NONE. */
  released: number
}

/** Storage without a node in use; it grows as nodes are acquired. */
export function createIndexNodes(): IndexNodes {
  return {
    keys: new Float64Array(INITIAL_NODES * NODE_ENTRIES * 2),
    links: new Float64Array(INITIAL_NODES * NODE_ENTRIES),
    counts: new Uint8Array(INITIAL_NODES),
    nexts: new Int32Array(INITIAL_NODES),
    used: 0,
    released: NONE,
  }
}

/** An empty node without a neighbour. */
export function acquireNode(nodes: IndexNodes): number {
  let node = nodes.released
  if (node === NONE) {
    if (nodes.used === nodes.counts.length) doubleNodes(nodes)
    node = nodes.used
    nodes.used += 1
  } else {
    nodes.released = nodes.nexts[node] as number
  }
  invariant(nodes.counts[node] === 0, 'a node is empty when it comes into use')
  nodes.nexts[node] = NONE
  return node
}

/** Gives a node back, to be acquired again; nothing may link to it any more. */
export function releaseNode(nodes: IndexNodes, node: number): void {
  nodes.counts[node] = 0
  nodes.nexts[node] = nodes.released
  nodes.released = node
}

/** How many entries a node has. */
export function countOf(nodes: IndexNodes, node: number): number {
  return nodes.counts[node] as number
}

/** The link of an entry: a value in a leaf, a child above. */
export function linkOf(nodes: IndexNodes, node: number, slot: number): number {
  return nodes.links[node * NODE_ENTRIES + slot] as number
}

/** The key at a position. */
export function keyAt(nodes: IndexNodes, position: number): Key {
  return {
    primary: nodes.keys[position * 2] as number,
    secondary: nodes.keys[position * 2 + 1] as number,
  }
}

/** The last slot of `node` whose key is not above `key`, or NONE. */
export function lastAtMost(nodes: IndexNodes, node: number, key: Key): number {
  const { keys } = nodes
  const { primary, secondary } = key
  const base = node * NODE_ENTRIES
  let low = 0
  let high = nodes.counts[node] as number
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const found = keys[(base + middle) * 2] as number
    const isAtMost =
      found < primary ||
      (found === primary && (keys[(base + middle) * 2 + 1] as number) <= secondary)
    if (isAtMost) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Makes room at `slot` of a node that is not full, and writes the entry there. */
export function insertEntry(
  nodes: IndexNodes,
  place: { readonly node: number; readonly slot: number },
  entry: { readonly key: Key; readonly link: number },
): void {
  const count = nodes.counts[place.node] as number
  invariant(count < NODE_ENTRIES, 'a node that takes an entry is not full')
  invariant(place.slot <= count, 'entries of a node leave no gap')
  const position = place.node * NODE_ENTRIES + place.slot
  moveEntries(nodes, { from: position, to: position + 1, count: count - place.slot })
  nodes.keys[position * 2] = entry.key.primary
  nodes.keys[position * 2 + 1] = entry.key.secondary
  nodes.links[position] = entry.link
  nodes.counts[place.node] = count + 1
}

/** Takes the entry out of its node; those behind it move up by one slot. */
export function removeEntry(nodes: IndexNodes, node: number, slot: number): void {
  const count = nodes.counts[node] as number
  invariant(slot < count, 'an entry that is removed is there')
  const position = node * NODE_ENTRIES + slot
  moveEntries(nodes, { from: position + 1, to: position, count: count - slot - 1 })
  nodes.counts[node] = count - 1
}

/** Moves the entries from slot `keep` on to a new right-hand neighbour, and returns that. */
export function splitNode(nodes: IndexNodes, node: number, keep: number): number {
  const sibling = acquireNode(nodes)
  const moved = (nodes.counts[node] as number) - keep
  invariant(moved > 0 && keep > 0, 'a split leaves entries on both sides')
  moveEntries(nodes, {
    from: node * NODE_ENTRIES + keep,
    to: sibling * NODE_ENTRIES,
    count: moved,
  })
  nodes.counts[node] = keep
  nodes.counts[sibling] = moved
  nodes.nexts[sibling] = nodes.nexts[node] as number
  nodes.nexts[node] = sibling
  return sibling
}

/**
 * Evens out two neighbours of which one has too few entries: joins them, and releases the right
 * one, when the result has room to grow, or shares their entries. True when they were joined.
 */
export function evenOut(nodes: IndexNodes, left: number, right: number): boolean {
  const leftCount = nodes.counts[left] as number
  const rightCount = nodes.counts[right] as number
  invariant((nodes.nexts[left] as number) === right, 'only neighbours are evened out')
  const total = leftCount + rightCount
  const isJoin = total <= JOINED_ENTRIES_MAX
  const leftTarget = isJoin ? total : Math.floor(total / 2)
  const leftEnd = left * NODE_ENTRIES
  const rightStart = right * NODE_ENTRIES
  const gain = leftTarget - leftCount
  if (gain >= 0) {
    moveEntries(nodes, { from: rightStart, to: leftEnd + leftCount, count: gain })
    moveEntries(nodes, { from: rightStart + gain, to: rightStart, count: rightCount - gain })
  } else {
    moveEntries(nodes, { from: rightStart, to: rightStart - gain, count: rightCount })
    moveEntries(nodes, { from: leftEnd + leftTarget, to: rightStart, count: -gain })
  }
  nodes.counts[left] = leftTarget
  nodes.counts[right] = total - leftTarget
  if (isJoin) {
    nodes.nexts[left] = nodes.nexts[right] as number
    releaseNode(nodes, right)
  }
  return isJoin
}

/** Writes the key of position `from` over that of position `to`. */
export function copyKey(nodes: IndexNodes, from: number, to: number): void {
  nodes.keys[to * 2] = nodes.keys[from * 2] as number
  nodes.keys[to * 2 + 1] = nodes.keys[from * 2 + 1] as number
}

/** The two places may overlap. */
function moveEntries(
  nodes: IndexNodes,
  move: { readonly from: number; readonly to: number; readonly count: number },
): void {
  const { from, to, count } = move
  if (count === 0) return
  nodes.keys.copyWithin(to * 2, from * 2, (from + count) * 2)
  nodes.links.copyWithin(to, from, from + count)
}

function doubleNodes(nodes: IndexNodes): void {
  const { keys, links, counts, nexts } = nodes
  nodes.keys = new Float64Array(keys.length * 2)
  nodes.keys.set(keys)
  nodes.links = new Float64Array(links.length * 2)
  nodes.links.set(links)
  nodes.counts = new Uint8Array(counts.length * 2)
  nodes.counts.set(counts)
  nodes.nexts = new Int32Array(nexts.length * 2)
  nodes.nexts.set(nexts)
}
