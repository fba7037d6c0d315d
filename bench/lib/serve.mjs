import { SERVER_CORE } from "./cores.mjs";
import { goBinary } from "./go.mjs";
import { node, start } from "./process.mjs";

/** Starts one of `servers` on the core for servers. */
export async function serve(server, profileTo) {
  const command = server.goModule ? [goBinary(server.goModule)] : node(server.script, server.args, profileTo);
  const { pid, said, stop } = await start(command, SERVER_CORE);
  return { pid, stop, ...said };
}

/** Fails when Charter has answered a call with an error: the load takes a refusal for an answer, Charter's own counts know better. */
export async function assertNoneRefused({ port, token }) {
  if (!token) return;
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const counts = (name) => text.split("\n").filter((it) => it.startsWith(`${name}{`) && !it.endsWith(" 0"));
  const ended = counts("rpc_server_requests_total");
  if (!ended.some((it) => it.includes('code="ok"'))) throw new Error("the server counts no calls");
  const refused = ended.filter((it) => !/code="(ok|canceled)"/.test(it));
  if (refused.length === 0) return;
  throw new Error(`calls were refused: ${[...refused, ...counts("rpc_server_shed_total")].join("; ")}`);
}
