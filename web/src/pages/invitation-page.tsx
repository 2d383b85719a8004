import { accounts } from "../api/accounts";
import { useSession } from "../app/session";
import { useTexts } from "../text/texts";
import { Gate } from "./account/gate";
import { GoToChat } from "./account/go-to-chat";
import { withLink } from "./account/link";
import { NewAccountForm } from "./account/new-account-form";
import { useHash } from "./account/use-hash";

/** An account by an invitation's link. */
export default function InvitationPage() {
    const { account } = useTexts();
    const session = useSession();
    const token = useHash();
    if (session.account) {
        return (
            <Gate title={account.invitedTitle} lead={account.signedInAlready(session.account.displayName)}>
                <GoToChat />
            </Gate>
        );
    }
    if (token === "") return <Gate title={account.invitedTitle} lead={account.linkIncomplete}><GoToChat /></Gate>;
    return (
        <Gate title={account.invitedTitle} lead={account.invitedLead}>
            <NewAccountForm
                submit={(name, password) => withLink(accounts.create(name, password, token), account.linkUsed)}
            />
        </Gate>
    );
}
