import type { Texts } from "./en";
import { chat } from "./zh/chat";
import { common, errors } from "./zh/common";
import { controls } from "./zh/controls";
import { search } from "./zh/search";
import { account } from "./zh/account";
import { admin } from "./zh/admin";
import { bill } from "./zh/bill";
import { charts } from "./zh/charts";
import { insecure } from "./zh/insecure";
import { invitations } from "./zh/invitations";
import { problems } from "./zh/problems";
import { services } from "./zh/services";
import { settings } from "./zh/settings";
import { share } from "./zh/share";
import { shared } from "./zh/shared";
import { users } from "./zh/users";

export const zh: Texts = {
    common, errors, chat, controls, search,
    account, admin, bill, charts, insecure, invitations, problems, services, settings, share, shared, users,
};
