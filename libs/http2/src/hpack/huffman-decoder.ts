import { codeLengths, codes, endOfString } from "./huffman-code.ts";
import { HpackError } from "./hpack-error.ts";

/**
 * The code as an automaton that takes four bits at a time: `transitions[state * 16 + bits]`.
 *
 * A state is an inner node of the code's tree, the root is 0. No code is shorter than five bits, so four bits complete one
 * symbol at most. A transition holds the next state, and the symbol if one was completed.
 */
const emits = 1 << 9;
const invalid = 0xffff_ffff;
const { transitions, acceptable } = buildAutomaton();

/** @throws {HpackError} when the octets are no Huffman code, or are padded wrongly (RFC 7541, section 5.2) */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let state = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    for (let shift = 4; shift >= 0; shift -= 4) {
      const transition = transitions[(state << 4) | ((byte >> shift) & 15)] ?? invalid;
      if (transition === invalid) throw new HpackError("a Huffman-coded string contains the end-of-string symbol");
      if (transition & emits) text += String.fromCharCode(transition & 0xff);
      state = transition >>> 10;
    }
  }
  if (acceptable[state] !== 1) throw new HpackError("a Huffman-coded string is not padded with up to seven ones");
  return text;
}

type Node = [Node | number | undefined, Node | number | undefined];

function buildAutomaton() {
  const states: Node[] = [];
  const numbers = new Map<Node, number>();
  const root = codeTree();
  const number = (node: Node): void => {
    numbers.set(node, states.push(node) - 1);
    for (const child of node) if (Array.isArray(child)) number(child);
  };
  number(root);

  const steps = new Uint32Array(states.length * 16);
  for (const [state, node] of states.entries()) {
    for (let bits = 0; bits < 16; bits++) steps[state * 16 + bits] = stepFrom(root, node, bits, numbers);
  }
  return { transitions: steps, acceptable: paddingStates(root, numbers) };
}

function codeTree(): Node {
  const root: Node = [undefined, undefined];
  for (const [symbol, length] of codeLengths.entries()) {
    const code = codes[symbol] ?? 0;
    let node = root;
    for (let bit = length - 1; bit > 0; bit--) {
      const side = (code >>> bit) & 1;
      const child = node[side];
      const next: Node = Array.isArray(child) ? child : [undefined, undefined];
      node[side] = next;
      node = next;
    }
    node[code & 1] = symbol;
  }
  return root;
}

function stepFrom(root: Node, start: Node, bits: number, numbers: ReadonlyMap<Node, number>): number {
  let node = start;
  let emitted = 0;
  for (let shift = 3; shift >= 0; shift--) {
    const child = node[(bits >> shift) & 1];
    if (Array.isArray(child)) node = child;
    else if (child === undefined || child === endOfString) return invalid;
    else {
      emitted = emits | child;
      node = root;
    }
  }
  return ((numbers.get(node) ?? 0) << 10) | emitted;
}

/** A string may end after a symbol, and up to seven ones later: the beginning of the end-of-string symbol. */
function paddingStates(root: Node, numbers: ReadonlyMap<Node, number>): Uint8Array {
  const ends = new Uint8Array(numbers.size);
  let node: Node | number | undefined = root;
  for (let ones = 0; ones <= 7 && Array.isArray(node); ones++) {
    ends[numbers.get(node) ?? 0] = 1;
    node = node[1];
  }
  return ends;
}
