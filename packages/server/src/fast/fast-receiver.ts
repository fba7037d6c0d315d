import type { Stream, StreamReceiver } from "@charter/wire";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { FastCall } from "./fast-call.js";
import { Gathering } from "./gathering.js";

/** Takes the bodies of calls on the fast lane. One for all streams, each of which carries its call as its context. */
export const fastReceiver: StreamReceiver = {
  data(stream, bytes) {
    const call = callOf(stream);
    if (call.gathering?.takes(bytes.length)) call.gathering.push(bytes);
    else if (call.isSpilt || call.body || call.gathering) spill(call).push(bytes);
    else hold(call, bytes);
    if (call.gathering?.hasCopies) stream.pieceCopied();
  },
  end(stream) {
    const call = callOf(stream);
    if (call.gathering?.isWhole) return call.gathering.end();
    if (call.isSpilt || !call.body) return spill(call).end();
    stream.consumed(call.body.length);
    call.lane.bodyCame(call);
  },
  drained: (stream) => callOf(stream).exchange.drained(),
  closed(stream) {
    const call = callOf(stream);
    call.options.lifecycle.end(call.begun);
    call.exchange.over(stream.localEnded);
    if (!stream.localEnded) call.abort(chassisError(ChassisError.CALLER_GONE));
  },
};

/** Keeps a first piece that is a whole message, or the beginning of one. */
function hold(call: FastCall, bytes: Buffer): void {
  const { maxRequestBytes } = call.policy.payload;
  call.message = call.protocol.messageIn(bytes, maxRequestBytes);
  if (call.message) {
    call.body = bytes;
    return;
  }
  const expected = call.protocol.bodyBytes(bytes, maxRequestBytes);
  if (expected === undefined || expected < bytes.length) return void spill(call).push(bytes);
  call.gathering = new Gathering(call.exchange.stream, expected);
  call.gathering.push(bytes);
  call.lane.bodyCame(call);
}

const callOf = (stream: Stream): FastCall => stream.context as FastCall;

/** A body that is not one plain message is read piece by piece, as the other lane does. */
function spill(call: FastCall) {
  const { body } = call.exchange;
  if (call.isSpilt) return body;
  call.isSpilt = true;
  const held = call.body ?? call.gathering?.join();
  if (held) body.push(held);
  call.body = undefined;
  call.message = undefined;
  call.gathering?.end();
  call.gathering = undefined;
  if (!call.hasAllOfBody) call.lane.bodyCame(call);
  return body;
}
