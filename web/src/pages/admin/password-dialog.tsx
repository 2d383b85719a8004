import { useState } from "react";
import type { ManagedAccount } from "../../api/administration";
import { administration } from "../../api/administration";
import { useSession } from "../../app/session";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { toast } from "../../parts/toasts";
import { useTexts } from "../../text/texts";
import { PasswordField } from "../account/password-field";
import { useForm } from "../account/use-form";

/** A new password for somebody who forgot theirs. */
export function PasswordDialog({ account, onClose }: { account: ManagedAccount; onClose: () => void }) {
    const { account: words, common, problems, users } = useTexts();
    const { passwordMinimum } = useSession();
    const [password, setPassword] = useState("");
    const state = useForm(async () => {
        if ([...password].length < passwordMinimum) {
            return { text: problems.passwordShort(passwordMinimum), field: "password" };
        }
        await administration.changeAccount(account.id, { password });
        toast(users.passwordSet(account.name));
        onClose();
        return undefined;
    });
    const { problem } = state;
    const isPlaced = problem?.field === "password";
    return (
        <Dialog title={users.setPasswordFor(account.name)} onClose={onClose}>
            <form ref={state.form} className="stack" onSubmit={state.submit} noValidate>
                <p className="soft">{users.setPasswordHint}</p>
                <PasswordField
                    label={words.password}
                    value={password}
                    onChange={setPassword}
                    autoComplete="new-password"
                    hint={words.passwordHint(passwordMinimum)}
                    judged={{ name: account.name, minimum: passwordMinimum }}
                    error={isPlaced ? problem?.text : undefined}
                    autoFocus
                />
                <p className="form-error" role="alert">{isPlaced ? "" : problem?.text}</p>
                <div className="dialog-actions">
                    <Button onClick={onClose}>{common.cancel}</Button>
                    <Button kind="primary" type="submit" isBusy={state.isBusy}>{users.setPassword}</Button>
                </div>
            </form>
        </Dialog>
    );
}
