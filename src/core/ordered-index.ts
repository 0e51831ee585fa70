import {
  acquireNode,
  copyKey,
  countOf,
  createIndexNodes,
  evenOut,
  type IndexNodes,
  insertEntry,
  type Key,
  keyAt,
  lastAtMost,
  linkOf,
  NODE_ENTRIES,
  NODE_ENTRIES_MIN,
  NONE,
  releaseNode,
  removeEntry,
  splitNode,
} from './index-nodes.ts'
import { invariant } from './invariant.ts'

export { type Key, NONE } from './index-nodes.ts'

/** Where an entry stands, or NONE. Good until the next insert or remove. */
export type Position = number

/**
 * An ordered map from compound keys to numbers: a B+tree in typed arrays. Insert, remove and the
 * searches take O(log n); `next` is O(1). It makes no garbage but what it returns, and its shape
 * follows from the calls alone.
 */
export interface OrderedIndex {
  size(): number
  /** Adds an entry; a key that is there already is a defect. */
  insert(key: Key, value: number): void
  /** Takes an entry out and returns its value; a key that is not there is a defect. */
  remove(key: Key): number
  /** The entry with exactly this key, or NONE. */
  find(key: Key): Position
  /** The last entry whose key is not above `key`, or NONE. */
  floor(key: Key): Position
  /** The first entry whose key is not below `key`, or NONE. */
  ceiling(key: Key): Position
  first(): Position
  last(): Position
  /** The entry after `position`, or NONE. */
  next(position: Position): Position
  keyAt(position: Position): Key
  valueAt(position: Position): number
  setValueAt(position: Position, value: number): void
}

/** An index without entries. */
export function createOrderedIndex(): OrderedIndex {
  const nodes = createIndexNodes()
  const tree: Tree = { nodes, root: acquireNode(nodes), height: 0 }
  let size = 0
  return {
    size: () => size,
    insert(key, value) {
      invariant(!Number.isNaN(key.primary + key.secondary), 'a key is made of numbers')
      growAtRoot(tree, insertBelow(tree, { node: tree.root, level: tree.height }, { key, value }))
      size += 1
    },
    remove(key) {
      const value = removeBelow(tree, { node: tree.root, level: tree.height }, key)
      shrinkAtRoot(tree)
      size -= 1
      return value
    },
    find: (key) => {
      const position = floorOf(tree, key)
      return position !== NONE && isKeyAt(nodes, position, key) ? position : NONE
    },
    floor: (key) => floorOf(tree, key),
    ceiling: (key) => {
      const position = floorOf(tree, key)
      if (position === NONE) return firstOf(tree)
      return isKeyAt(nodes, position, key) ? position : nextOf(nodes, position)
    },
    first: () => firstOf(tree),
    last: () => floorOf(tree, HIGHEST),
    next: (position) => nextOf(nodes, position),
    keyAt: (position) => keyAt(nodes, position),
    valueAt: (position) => linkOf(nodes, 0, position),
    setValueAt(position, value) {
      nodes.links[position] = value
    },
  }
}

/**
 * The tree. Entry i of an inner node carries the lowest key below its child i, exactly, so a floor
 * never has to step to the left. All leaves have level 0; every node but the root keeps at least
 * NODE_ENTRIES_MIN entries, and an inner root has at least two.
 */
interface Tree {
  readonly nodes: IndexNodes
  root: number
  /** The root's level. */
  height: number
}

interface Subtree {
  readonly node: number
  readonly level: number
}

const HIGHEST: Key = {
  primary: Number.POSITIVE_INFINITY,
  secondary: Number.POSITIVE_INFINITY,
}

function isKeyAt(nodes: IndexNodes, position: Position, key: Key): boolean {
  return nodes.keys[position * 2] === key.primary && nodes.keys[position * 2 + 1] === key.secondary
}

function floorOf(tree: Tree, key: Key): Position {
  const { nodes } = tree
  let node = tree.root
  for (let level = tree.height; level > 0; level -= 1) {
    const slot = lastAtMost(nodes, node, key)
    if (slot === NONE) return NONE
    node = linkOf(nodes, node, slot)
  }
  const slot = lastAtMost(nodes, node, key)
  return slot === NONE ? NONE : node * NODE_ENTRIES + slot
}

function firstOf(tree: Tree): Position {
  let node = tree.root
  for (let level = tree.height; level > 0; level -= 1) node = linkOf(tree.nodes, node, 0)
  return countOf(tree.nodes, node) === 0 ? NONE : node * NODE_ENTRIES
}

function nextOf(nodes: IndexNodes, position: Position): Position {
  const node = Math.floor(position / NODE_ENTRIES)
  if ((position % NODE_ENTRIES) + 1 < countOf(nodes, node)) return position + 1
  const neighbour = nodes.nexts[node] ?? NONE
  return neighbour === NONE ? NONE : neighbour * NODE_ENTRIES
}

/** Returns the new right-hand neighbour of the subtree's node when that had to be split. */
function insertBelow(
  tree: Tree,
  { node, level }: Subtree,
  entry: { readonly key: Key; readonly value: number },
): number {
  const { nodes } = tree
  const { key } = entry
  const slot = lastAtMost(nodes, node, key)
  if (level === 0) {
    const isThere = slot !== NONE && isKeyAt(nodes, node * NODE_ENTRIES + slot, key)
    invariant(!isThere, 'a key is inserted once', key)
    return addEntry(nodes, { node, slot: slot + 1 }, { key, link: entry.value })
  }
  const childSlot = Math.max(slot, 0)
  const child = linkOf(nodes, node, childSlot)
  const sibling = insertBelow(tree, { node: child, level: level - 1 }, entry)
  copyKey(nodes, child * NODE_ENTRIES, node * NODE_ENTRIES + childSlot)
  if (sibling === NONE) return NONE
  const siblingKey = keyAt(nodes, sibling * NODE_ENTRIES)
  return addEntry(nodes, { node, slot: childSlot + 1 }, { key: siblingKey, link: sibling })
}

/** Adds an entry to a node, splitting a full one; returns the new neighbour or NONE. */
function addEntry(
  nodes: IndexNodes,
  { node, slot }: { readonly node: number; readonly slot: number },
  entry: { readonly key: Key; readonly link: number },
): number {
  if (countOf(nodes, node) < NODE_ENTRIES) {
    insertEntry(nodes, { node, slot }, entry)
    return NONE
  }
  // Rising keys add at the end only: what stays behind is then left well filled.
  const isAtEnd = slot === NODE_ENTRIES
  const keep = isAtEnd ? NODE_ENTRIES - NODE_ENTRIES_MIN : NODE_ENTRIES / 2
  const sibling = splitNode(nodes, node, keep)
  const place = slot > keep ? { node: sibling, slot: slot - keep } : { node, slot }
  insertEntry(nodes, place, entry)
  return sibling
}

function growAtRoot(tree: Tree, sibling: number): void {
  if (sibling === NONE) return
  const { nodes, root } = tree
  const top = acquireNode(nodes)
  const lowest = keyAt(nodes, root * NODE_ENTRIES)
  const siblingKey = keyAt(nodes, sibling * NODE_ENTRIES)
  insertEntry(nodes, { node: top, slot: 0 }, { key: lowest, link: root })
  insertEntry(nodes, { node: top, slot: 1 }, { key: siblingKey, link: sibling })
  tree.root = top
  tree.height += 1
}

/** Nothing has changed yet when the key turns out to be missing. */
function removeBelow(tree: Tree, { node, level }: Subtree, key: Key): number {
  const { nodes } = tree
  const slot = lastAtMost(nodes, node, key)
  invariant(slot !== NONE, 'a key that is removed is there', key)
  if (level === 0) {
    invariant(isKeyAt(nodes, node * NODE_ENTRIES + slot, key), 'a removed key is there', key)
    const value = linkOf(nodes, node, slot)
    removeEntry(nodes, node, slot)
    return value
  }
  const child = linkOf(nodes, node, slot)
  const value = removeBelow(tree, { node: child, level: level - 1 }, key)
  if (countOf(nodes, child) < NODE_ENTRIES_MIN) mendChild(nodes, node, slot)
  else copyKey(nodes, child * NODE_ENTRIES, node * NODE_ENTRIES + slot)
  return value
}

/** Brings the child at `slot`, which has too few entries, in order with a neighbour's help. */
function mendChild(nodes: IndexNodes, node: number, slot: number): void {
  invariant(countOf(nodes, node) > 1, 'every child has a neighbour')
  const leftSlot = Math.max(slot - 1, 0)
  const left = linkOf(nodes, node, leftSlot)
  const right = linkOf(nodes, node, leftSlot + 1)
  const position = node * NODE_ENTRIES + leftSlot
  if (evenOut(nodes, left, right)) removeEntry(nodes, node, leftSlot + 1)
  else copyKey(nodes, right * NODE_ENTRIES, position + 1)
  copyKey(nodes, left * NODE_ENTRIES, position)
}

function shrinkAtRoot(tree: Tree): void {
  const { nodes, root } = tree
  if (tree.height === 0 || countOf(nodes, root) > 1) return
  tree.root = linkOf(nodes, root, 0)
  tree.height -= 1
  releaseNode(nodes, root)
}
