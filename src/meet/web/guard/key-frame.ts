/**
 * Has a sender's encoder make a key frame, of every size it sends. Chromium has no
 * `generateKeyFrame` for a worker; it takes the request with the parameters, as WebRTC Extensions
 * has it (`RTCEncodingOptions.keyFrame`). Elsewhere the request is passed over.
 */
export async function makeKeyFrame(sender: RTCRtpSender): Promise<void> {
  // Read and set in one turn: parameters that somebody else sets in between would be refused.
  const parameters = sender.getParameters();
  const encodingOptions = parameters.encodings.map(() => ({ keyFrame: true }));
  const options: RTCSetParameterOptions & { readonly encodingOptions: unknown } = {
    encodingOptions,
  };
  await sender.setParameters(parameters, options);
}
