/** What one call carried, each way: messages and their bytes, uncompressed and without framing. */
export interface Traffic {
  messagesReceived: number;
  messagesSent: number;
  bytesReceived: number;
  bytesSent: number;
}

/** Of a call that carried nothing yet. */
export function noTraffic(): Traffic {
  return { messagesReceived: 0, messagesSent: 0, bytesReceived: 0, bytesSent: 0 };
}
