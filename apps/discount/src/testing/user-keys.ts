import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createUserTokenIssuer, generateSigningKey } from "@charter/identity";
import { v7 as uuidv7 } from "uuid";

/** What this service needs of the user service: its published keys, and tokens that they prove. */
export async function startUserKeys() {
  const key = await generateSigningKey();
  const issuer = createUserTokenIssuer({ issuer: "shop.user", audience: "shop", currentKey: () => key });
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [key.publicJwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async tokenOf(...roles: string[]): Promise<string> {
      const { token } = await issuer.issue({ subject: uuidv7(), roles, sessionId: uuidv7() });
      return token;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
