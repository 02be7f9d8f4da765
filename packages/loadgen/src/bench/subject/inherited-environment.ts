/**
 * An environment without what the user has set for a server of their own. What says which worker it is stays: both sides have
 * the same one.
 */
export function inheritedEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OWN.test(name)));
}

const OWN = /^(SPILLWAY_(?!CACHE_DIR$|WORKER_ORIGIN$)|NODE_OPTIONS$)/;
