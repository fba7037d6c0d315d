import type { Stream, StreamReceiver } from "@charter/wire";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { FastCall } from "./fast-call.js";

/** Takes the bodies of calls on the fast lane. One for all streams, each of which carries its call as its context. */
export const fastReceiver: StreamReceiver = {
  data(stream, bytes) {
    const call = callOf(stream);
    if (call.isSpilt || call.body) spill(call).push(bytes);
    else hold(call, bytes);
  },
  end(stream) {
    const call = callOf(stream);
    if (call.isSpilt || !call.body) return spill(call).end();
    stream.consumed(call.body.length);
    call.lane.bodyCame(call);
  },
  drained: (stream) => callOf(stream).exchange.drained(),
  closed(stream) {
    const call = callOf(stream);
    call.lifecycle.end(call);
    call.exchange.over(stream.localEnded);
    if (!stream.localEnded) call.abort(chassisError(ChassisError.CALLER_GONE));
  },
};

/** Keeps a first piece that is a whole message. */
function hold(call: FastCall, bytes: Buffer): void {
  call.message = call.protocol.messageIn(bytes, call.policy.payload.maxRequestBytes);
  if (call.message) call.body = bytes;
  else spill(call).push(bytes);
}

const callOf = (stream: Stream): FastCall => stream.context as FastCall;

/** A body that is not one plain message in one piece is read piece by piece, as the other lane does. */
function spill(call: FastCall) {
  const { body } = call.exchange;
  if (call.isSpilt) return body;
  call.isSpilt = true;
  if (call.body) body.push(call.body);
  call.body = undefined;
  call.message = undefined;
  call.lane.bodyCame(call);
  return body;
}
