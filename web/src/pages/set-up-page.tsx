import { accounts } from "../api/accounts";
import { navigate } from "../app/router";
import { useSession } from "../app/session";
import { useTexts } from "../text/texts";
import { Gate } from "./account/gate";
import { GoToChat } from "./account/go-to-chat";
import { withLink } from "./account/link";
import { NewAccountForm } from "./account/new-account-form";
import { SetUpNeeded } from "./account/set-up-needed";
import { useHash } from "./account/use-hash";

/** The first administrator's account, by the one-time link from the terminal. */
export default function SetUpPage() {
    const { account } = useTexts();
    const { needsSetup } = useSession();
    const token = useHash();
    if (!needsSetup) {
        return <Gate title={account.setUpTitle} lead={account.setUpDone}><GoToChat /></Gate>;
    }
    if (token === "") return <SetUpNeeded signIn={() => navigate("/signin")} />;
    return (
        <Gate title={account.setUpTitle} lead={account.setUpLead}>
            <NewAccountForm
                submit={(name, password) => withLink(accounts.setUp(token, name, password), account.setUpLinkUsed)}
            />
        </Gate>
    );
}
