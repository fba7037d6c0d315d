"""A gRPC client and server on grpcio (gRPC's C core) for Charter's interop tests. Messages pass through as bytes.

usage: peer.py client <host:port> [ca.pem]   calls, one JSON line each on the standard input, answers on the output
       peer.py server [cert.pem key.pem]     prints its port, and ends with its standard input
"""

import base64
import json
import sys
import time
from concurrent import futures

import grpc

OPTIONS = [("grpc.max_receive_message_length", 8 << 20)]


def readable(metadata):
    """Metadata as JSON can carry it: those of "-bin" keys in base64."""
    encode = lambda value: base64.b64encode(value).decode() if isinstance(value, bytes) else value
    return {key: encode(value) for key, value in metadata or ()}


def run_client(target, ca=None):
    if ca:
        channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(open(ca, "rb").read()), OPTIONS)
    else:
        channel = grpc.insecure_channel(target, OPTIONS)
    for line in sys.stdin:
        print(json.dumps(do(channel, json.loads(line))), flush=True)


def do(channel, call):
    decode = lambda key, value: base64.b64decode(value) if key.endswith("-bin") else value
    metadata = [(key, decode(key, value)) for key, value in call["header"].items()]
    requests = iter([base64.b64decode(request) for request in call["requests"]])
    stream = channel.stream_stream(call["path"])(requests, timeout=call["timeoutMs"] / 1000, metadata=metadata)
    responses = []
    try:
        responses.extend(base64.b64encode(response).decode() for response in stream)
    except grpc.RpcError:
        pass  # The stream says below how it ended.
    trailer = readable(stream.trailing_metadata())
    return {
        "code": stream.code().value[0],
        "message": stream.details(),
        "status": trailer.get("grpc-status-details-bin", ""),
        "header": readable(stream.initial_metadata()),
        "trailer": trailer,
        "responses": responses,
    }


def play(requests, context):
    """Does with a call of any method what its metadata says; see interop/README.md."""
    asked = dict(context.invocation_metadata())
    echo, echo_bin = asked.get("x-echo", ""), asked.get("x-echo-bin", b"")
    header = [("x-echo", echo), ("x-echo-bin", echo_bin)]
    if context.time_remaining() is not None:
        header.append(("x-deadline-ms", str(int(context.time_remaining() * 1000))))
    context.send_initial_metadata(header)
    trailer = [("x-trailer", echo), ("x-trailer-bin", echo_bin)]
    context.set_trailing_metadata(trailer)
    last = b""
    for last in requests:
        if "x-only-last" not in asked:
            yield from [last] * int(asked.get("x-repeat", 1))
    time.sleep(int(asked.get("x-wait-ms", 0)) / 1000)
    if "x-status-bin" in asked:
        context.set_trailing_metadata([*trailer, ("grpc-status-details-bin", asked["x-status-bin"])])
        codes = {code.value[0]: code for code in grpc.StatusCode}
        context.abort(codes[int(asked["x-code"])], asked["x-message"])
    if "x-only-last" in asked:
        yield last


class AnyMethod(grpc.GenericRpcHandler):
    def service(self, _details):
        return grpc.stream_stream_rpc_method_handler(play)


def run_server(cert=None, key=None):
    server = grpc.server(futures.ThreadPoolExecutor(8), handlers=[AnyMethod()], options=OPTIONS)
    if cert:
        pair = (open(key, "rb").read(), open(cert, "rb").read())
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(0)


mode, *args = sys.argv[1:]
{"client": run_client, "server": run_server}[mode](*args)
