// Some of Camunda's packages are made for bundlers, which find a file without its ending: Node is told how.
export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!["ERR_MODULE_NOT_FOUND", "ERR_UNSUPPORTED_DIR_IMPORT"].includes(error.code)) throw error;
    return next(`${specifier}.js`, context).catch(() => next(`${specifier}/index.js`, context));
  }
}
