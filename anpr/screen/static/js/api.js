// Asks the server to do something; what it refuses is shown in its own words.
import { toast } from "./dom.js";
import { store } from "./store.js";
import { capital } from "./words.js";
/** @import { Answers } from "./types.d.ts" */

class Refused extends Error {}

/**
 * @template {keyof Answers} Name
 * @param {Name} name
 * @param {object} body
 * @returns {Promise<Answers[Name]>}
 */
async function post(name, body) {
  let answer;
  try {
    answer = await fetch(`/api/${name}`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-Patrol-Token": store.session?.token ?? "" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(8000),
    });
  } catch {
    throw new Refused("the engine does not answer");
  }
  const content = await answer.json().catch(() => ({}));
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Refused(content.error ?? `refused (${answer.status})`);
  return content;
}

// As `post`, showing a refusal as a message; returns null then. What was done all the same may come with a warning.
/**
 * @template {keyof Answers} Name
 * @param {Name} name
 * @returns {Promise<Answers[Name] | null>}
 */
export async function act(name, body = {}) {
  try {
    const answer = await post(name, body);
    if ("warning" in answer && answer.warning) toast(capital(answer.warning));
    return answer;
  } catch (error) {
    toast(capital(/** @type {Error} */ (error).message));
    return null;
  }
}

// As `act`, without a message: for reports that the page makes by itself.
/**
 * @template {keyof Answers} Name
 * @param {Name} name
 * @returns {Promise<Answers[Name] | null>}
 */
export async function actQuietly(name, body = {}) {
  return post(name, body).catch(() => null);
}
