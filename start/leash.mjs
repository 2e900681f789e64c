/**
 * Loaded into the server by `npm start`: when the command dies without a word (kill -9, a closed
 * container), the server stops in order instead of living on with nobody to stop it.
 */
if (process.channel) {
  process.channel.unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
