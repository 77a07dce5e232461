// Paths as people name them.

/** The last part of a path. */
export const base = (path) => String(path || "").replace(/\/+$/, "").split("/").pop() || "/";

/** A path as it is seen from where the call runs. */
export const within = (path, { cwd } = {}) => (cwd && path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path);

/** The project that an approval is about, by its name. */
export const place = (view) => base(view.where?.project || view.where?.cwd);
