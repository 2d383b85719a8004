import type { ChatSettings } from "../../api/types";
import { Store } from "../../app/store";

/** What was chosen for a chat that does not exist yet. */
export const newChat = new Store<{ model?: string; settings: ChatSettings }>({ settings: {} });
