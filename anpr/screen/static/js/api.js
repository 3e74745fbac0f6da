// Asks the server to do something; what it refuses is shown in its own words. Where it asks whose it is, so does the page.
import { askWhose } from "./ask.js";
import { toast } from "./dom.js";
import { changed, store } from "./store.js";
import { capital } from "./words.js";
/** @import { Answers, Refusal } from "./types.d.ts" */

class Refused extends Error {}
class Left extends Error {} // nobody said whose it is

/**
 * @template {keyof Answers} Name
 * @param {Name} name
 * @param {object} body
 * @param {string} collar
 * @returns {Promise<Answers[Name]>}
 */
async function post(name, body, collar) {
  let answer;
  try {
    answer = await fetch(`/api/${name}`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-Patrol-Token": store.session?.token ?? "", ...(collar && { "X-Patrol-Officer": collar }) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(8000),
    });
  } catch {
    throw new Refused("the engine does not answer");
  }
  const content = await answer.json().catch(() => ({}));
  if (answer.status === 401) loggedOut();
  if (answer.status === 409 && !collar) {
    const { whose } = /** @type {Refusal} */ (content);
    const chosen = await askWhose(whose ?? []);
    if (chosen === null) throw new Left();
    return post(name, body, chosen);
  }
  if (!answer.ok) throw new Refused(content.error ?? `refused (${answer.status})`);
  return content;
}

// On the tablet alerts go on without a login; another device shows nothing else.
function loggedOut() {
  if (!store.session?.at_tablet) { location.reload(); return; }
  store.officers = [];
  changed();
}

// As `post`, showing a refusal as a message; returns null then. What was done all the same may come with a warning.
/**
 * @template {keyof Answers} Name
 * @param {Name} name
 * @returns {Promise<Answers[Name] | null>}
 */
export async function act(name, body = {}, collar = "") {
  try {
    const answer = await post(name, body, collar);
    if ("warning" in answer && answer.warning) toast(capital(answer.warning));
    return answer;
  } catch (error) {
    if (!(error instanceof Left)) toast(capital(/** @type {Error} */ (error).message));
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
  return post(name, body, "").catch(() => null);
}
