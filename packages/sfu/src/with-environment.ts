/**
 * Sets environment variables of this process while a function runs, for what takes them from nowhere else: mediasoup
 * gives a worker this process's environment. The variables are put back when the function returns, before anything else
 * can run; what it does later, after an `await`, does not see them.
 */
export function withEnvironment<T>(variables: Readonly<Record<string, string>>, run: () => T): T {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return run();
  } finally {
    for (const [name, value] of before) {
      // Assigning undefined would set the text "undefined".
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
