/**
 * The bare pages are answered by the test and not by a server, which Chromium takes for a public
 * page that reaches into the local network. The last --disable-features counts.
 */
export const bare_flags: readonly string[] = [
  '--disable-features=LocalNetworkAccessChecks,MediaRouter,OptimizationHints,Translate',
];
