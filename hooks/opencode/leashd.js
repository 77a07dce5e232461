// leashd before every tool of opencode.  Written by `leashd install opencode`; a change made by hand is undone by the next.
// What throws here blocks the call, so whatever is not a clear yes throws.
import { spawn } from "node:child_process"

const HOOK = ["%HOOK%"]

// The hook's answer to one event.  It needs nothing of the environment, and is given none.
function ask(event) {
  return new Promise((resolve) => {
    const hook = spawn(HOOK[0], HOOK.slice(1), { env: {}, stdio: ["pipe", "pipe", "pipe"] })
    let said = ""
    let why = ""
    hook.stdout.on("data", (text) => (said += text))
    hook.stderr.on("data", (text) => (why += text))
    hook.stdin.on("error", () => {})
    hook.on("error", (error) => resolve({ why: `leashd: denied, because its hook cannot be started: ${error.message}` }))
    hook.on("close", (code) => resolve({ said: code === 0 ? said : "", why }))
    hook.stdin.end(JSON.stringify(event))
  })
}

function reason(text) {
  return text.startsWith("leashd: ") ? text : `leashd: denied, because the hook said: ${text}`
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const Leashd = async ({ client, directory }) => ({
  "tool.execute.before": async (input, output) => {
    // The server of a tool stands in its name only, in front of an underscore.
    const servers = input.tool.includes("_") ? Object.keys((await client.mcp.status()).data ?? {}) : []
    const { sessionID, callID, tool } = input
    const event = { hook_event_name: "tool.execute.before", cwd: directory, sessionID, callID, tool, args: output.args }
    const { said, why } = await ask({ ...event, servers })
    const answer = parsed(said)
    if (answer?.decision !== "allow") throw new Error(reason(why.trim() || "nothing"))
    if (answer.args) {
      for (const name of Object.keys(output.args)) delete output.args[name]
      Object.assign(output.args, answer.args)
    }
  },
})
