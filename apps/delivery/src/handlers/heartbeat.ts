/** How long a stream may be silent before it says that it lives; well below the 30 s of silence that the contract allows. */
export const heartbeatMs = 10_000;
