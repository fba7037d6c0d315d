/** What can speak HTTP/2 for a server. Suites that go through a socket run on each. */
export const wires = ["node", "charter"] as const;
