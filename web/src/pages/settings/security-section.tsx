import { useState } from "react";
import { accounts } from "../../api/accounts";
import { useAccount, useSession } from "../../app/session";
import { Button } from "../../parts/button";
import { toast } from "../../parts/toasts";
import { useTexts } from "../../text/texts";
import { PasswordField } from "../account/password-field";
import { useForm } from "../account/use-form";
import { Section } from "../parts/page-frame";
import { SessionList } from "./session-list";

/** The password, and where the account is signed in. */
export function SecuritySection() {
    const { settings } = useTexts();
    const [changes, setChanges] = useState(0);
    return (
        <Section title={settings.security}>
            <PasswordForm key={`form-${changes}`} onChanged={() => setChanges(changes + 1)} />
            <SessionList key={`sessions-${changes}`} />
        </Section>
    );
}

function PasswordForm({ onChanged }: { onChanged: () => void }) {
    const { account: words, problems, settings } = useTexts();
    const { name } = useAccount();
    const { passwordMinimum } = useSession();
    const [current, setCurrent] = useState("");
    const [next, setNext] = useState("");
    const state = useForm(async () => {
        if (current === "") return { text: problems.passwordMissing, field: "current" };
        if ([...next].length < passwordMinimum) return { text: problems.passwordShort(passwordMinimum), field: "new" };
        await accounts.changePassword(current, next);
        toast(settings.passwordChanged);
        onChanged();
        return undefined;
    });
    const { problem } = state;
    // Credentials can only be wrong in one place here, and a weak password only in the other.
    const field = problem?.text === problems.wrongCredentials ? "current"
        : problem?.field === "password" ? "new" : problem?.field;
    const text = problem?.text === problems.wrongCredentials ? problems.wrongPassword : problem?.text;

    return (
        <form ref={state.form} className="stack" onSubmit={state.submit} method="post" noValidate>
            {/* Password managers want to know whose password changes. */}
            <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
            <div className="two-columns">
                <PasswordField
                    label={settings.currentPassword}
                    value={current}
                    onChange={setCurrent}
                    autoComplete="current-password"
                    error={field === "current" ? text : undefined}
                />
                <PasswordField
                    label={settings.newPassword}
                    value={next}
                    onChange={setNext}
                    autoComplete="new-password"
                    hint={words.passwordHint(passwordMinimum)}
                    judged={{ name, minimum: passwordMinimum }}
                    error={field === "new" ? text : undefined}
                />
            </div>
            <p className="form-error" role="alert">{field === undefined ? text : ""}</p>
            <div>
                <Button type="submit" isBusy={state.isBusy} disabled={state.wait > 0}>
                    {settings.changePassword}{state.wait > 0 && ` (${state.wait})`}
                </Button>
            </div>
        </form>
    );
}
