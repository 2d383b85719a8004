import { useState } from "react";
import { accounts } from "../api/accounts";
import { useSession } from "../app/session";
import { useTexts } from "../text/texts";
import { Gate } from "./account/gate";
import { NewAccountForm } from "./account/new-account-form";
import { SignInForm } from "./account/sign-in-form";
import { SetUpNeeded } from "./account/set-up-needed";

/** Signs in, at whatever address somebody asked for; makes an account where everybody may. */
export default function SignInPage({ title, lead }: { title?: string; lead?: string }) {
    const { account } = useTexts();
    const { needsSetup, signUp } = useSession();
    const [isNew, setNew] = useState(false);
    const [isKnown, setKnown] = useState(false);
    if (needsSetup && !isKnown) return <SetUpNeeded signIn={() => setKnown(true)} />;
    if (isNew && signUp === "open") {
        return (
            <Gate title={account.signUpTitle}>
                <NewAccountForm
                    key="new"
                    submit={(name, password) => accounts.create(name, password)}
                    next={location.pathname}
                />
                <p className="gate-note">
                    {account.haveAccount}{" "}
                    <button type="button" className="text-button" onClick={() => setNew(false)}>
                        {account.signIn}
                    </button>
                </p>
            </Gate>
        );
    }
    return (
        <Gate title={title ?? account.signInTitle} lead={lead}>
            <SignInForm key="known" />
            <p className="gate-note">
                {signUp === "invitation" && account.inviteOnly}
                {signUp === "closed" && account.closed}
                {signUp === "open" && (
                    <>
                        {account.noAccount}{" "}
                        <button type="button" className="text-button" onClick={() => setNew(true)}>
                            {account.signUp}
                        </button>
                    </>
                )}
            </p>
        </Gate>
    );
}
