import { byId } from "../shared/dom.ts";
import { ask, inWords, Refused, token } from "./access.ts";

/** The form below the welcome. `opened` is called once the server has taken the token. */
export function offerSignIn(why: string | null, opened: () => void): void {
  const form = byId("sign-in", HTMLFormElement);
  const field = byId("token", HTMLInputElement);
  const refusal = byId("sign-in-refusal", HTMLElement);
  refusal.textContent = why ?? "";
  const button = form.querySelector("button")!;
  const submit = async (): Promise<void> => {
    const given = field.value.trim();
    refusal.textContent = "";
    button.disabled = true;
    try {
      await ask("/admin/nodes?limit=1", { bearer: given });
      token.set(given);
      opened();
    } catch (error) {
      // What went wrong must be told from a token that is wrong.
      const isWrong = error instanceof Refused && error.isAboutToken;
      refusal.textContent = isWrong ? `This token does not open it: ${error.message}` : inWords(error);
      field.select();
    } finally {
      button.disabled = false;
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
}
