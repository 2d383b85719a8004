import { chat } from "./en/chat";
import { common, errors } from "./en/common";
import { controls } from "./en/controls";
import { search } from "./en/search";
import { account } from "./en/account";
import { admin } from "./en/admin";
import { bill } from "./en/bill";
import { charts } from "./en/charts";
import { insecure } from "./en/insecure";
import { invitations } from "./en/invitations";
import { problems } from "./en/problems";
import { services } from "./en/services";
import { settings } from "./en/settings";
import { share } from "./en/share";
import { shared } from "./en/shared";
import { users } from "./en/users";

/** One object for each area; zh.ts has the same keys, or it does not compile. */
export const en = {
    common, errors, chat, controls, search,
    account, admin, bill, charts, insecure, invitations, problems, services, settings, share, shared, users,
};

export type Texts = typeof en;
