// Paths as people name them.

/** The last part of a path. */
export const base = (path) => String(path || "").replace(/\/+$/, "").split("/").pop() || "/";

/** The project that an approval is about, by its name. */
export const place = (view) => base(view.where?.project || view.where?.cwd);
