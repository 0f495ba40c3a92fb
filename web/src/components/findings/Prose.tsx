//! A sentence of the rules: names of the program, between backticks, are code.
//!
//! Knows: that all of it is data. Only text nodes are made of it.

import { prosePieces } from '../../core/findings';
import { visible } from '../../data/strings';
import { shorten } from '../FrameDetails';

/** A name of a megabyte is data, not something to read. */
const MAX_TEXT = 4000;

export function Prose({ text }: { text: string }) {
  return <>{prosePieces(shorten(visible(text), MAX_TEXT)).map((piece, at) => (piece.isCode ? <code key={at}>{piece.text}</code> : piece.text))}</>;
}

export function Code({ text }: { text: string }) {
  return <code>{shorten(visible(text), MAX_TEXT)}</code>;
}
