import type { Action, Done } from "../../src/faces/operator/wire.ts";
import { askJson, inWords } from "./access.ts";
import { element, setText } from "./element.ts";

/**
 * Asks before it is done, and does it. Whoever thinks better of it presses Escape, as in any dialog. What goes wrong is
 * said in the dialog, which stays open to try again. Null: it was not done.
 */
export function confirmAction(action: Action, subject: string): Promise<Done | null> {
  const refusal = element("p", { class: "refusal", role: "alert" });
  const cancel = element("button", { type: "button", autofocus: true }, "Cancel");
  const confirm = element("button", { type: "button", class: "main danger" }, action.label);
  const dialog = element(
    "dialog",
    { class: "confirm", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-question" },
    element("h2", { id: "confirm-title" }, action.label),
    element("p", { class: "subject" }, subject),
    element("p", { id: "confirm-question" }, action.question),
    refusal,
    element("div", { class: "bar" }, cancel, confirm),
  );
  const { promise, resolve } = Promise.withResolvers<Done | null>();
  let done: Done | null = null;
  const act = async (): Promise<void> => {
    confirm.disabled = true;
    setText(refusal, "");
    try {
      done = await askJson<Done>(action.path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...action.body, confirm: action.confirm }),
      });
      dialog.close();
    } catch (error) {
      setText(refusal, `It was not done: ${inWords(error)}`);
      confirm.disabled = false;
    }
  };
  cancel.addEventListener("click", () => dialog.close());
  confirm.addEventListener("click", () => void act());
  dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(done);
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}
