import { once } from "node:events";
import { connect } from "node:http2";

/** Fails unless the server answers one gRPC call with the bytes that every server must answer. */
export async function probeGrpc({ port, token }, { path, body, answer }) {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...(token && { authorization: `Bearer ${token}` }),
    });
    const trailers = once(stream, "trailers");
    stream.end(body);
    const received = Buffer.concat(await stream.toArray());
    const [{ "grpc-status": status }] = await trailers;
    if (status !== "0" || !received.equals(answer)) throw new Error(`a wrong answer, status ${status}`);
  } finally {
    session.close();
  }
}

/** As `probeGrpc`, for one POST over HTTP/1.1; `isRight` looks at the body. */
export async function probeHttp1({ port, token }, { path, contentType, body, isRight }) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { "content-type": contentType, ...(token && { authorization: `Bearer ${token}` }) },
    body,
  });
  const received = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200 || !isRight(received))
    throw new Error(`a wrong answer, status ${response.status}: ${received}`);
}
