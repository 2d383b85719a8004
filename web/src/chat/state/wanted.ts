import { Store } from "../../app/store";

/** A message that shall be shown as soon as its chat is open. */
export const wanted = new Store<{ chat: string; message: string } | undefined>(undefined);
