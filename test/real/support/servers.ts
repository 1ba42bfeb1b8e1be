/** What can be stopped once a test is over. */
interface Server {
  stop(): Promise<void>;
}

/** Keeps the servers of the calling `describe`, and stops them when it is over, the latest first. */
export function useServers(): <T extends Server>(starting: Promise<T>) => Promise<T> {
  const running: Server[] = [];
  after(async () => {
    for (const server of running.reverse()) await server.stop();
  });
  return async (starting) => {
    const server = await starting;
    running.push(server);
    return server;
  };
}
