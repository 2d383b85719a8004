import { useState } from "react";
import type { Account } from "../../api/types";
import { navigate } from "../../app/router";
import { adoptAccount, useSession } from "../../app/session";
import { Button } from "../../parts/button";
import { Field } from "../../parts/field";
import { useTexts } from "../../text/texts";
import { PasswordField } from "./password-field";
import { useForm } from "./use-form";

interface NewAccountFormProps {
    submit: (name: string, password: string) => Promise<Account>;
    /** Where the new user goes. */
    next?: string;
}

/** Name and password of a new account, by whatever way somebody came to it; ends in a chat that can be used. */
export function NewAccountForm({ submit, next = "/" }: NewAccountFormProps) {
    const { account, problems } = useTexts();
    const { passwordMinimum } = useSession();
    const [name, setName] = useState("");
    const [password, setPassword] = useState("");
    const state = useForm(async () => {
        if (name.trim() === "") return { text: problems.nameMissing, field: "name" };
        if ([...password].length < passwordMinimum) {
            return { text: problems.passwordShort(passwordMinimum), field: "password" };
        }
        const made = await submit(name.trim(), password);
        navigate(next, { replace: true });
        adoptAccount(made);
        return undefined;
    });
    const { problem } = state;
    const errorOf = (field: string) => (problem?.field === field ? problem.text : undefined);
    const isPlaced = problem?.field === "name" || problem?.field === "password";

    return (
        <form ref={state.form} className="gate-form" onSubmit={state.submit} method="post" noValidate>
            <Field
                label={account.name}
                hint={account.nameHint}
                error={errorOf("name")}
                name="username"
                value={name}
                onChange={setName}
                autoComplete="username"
                autoCapitalize="off"
                spellCheck={false}
                autoFocus
            />
            <PasswordField
                label={account.password}
                hint={account.passwordHint(passwordMinimum)}
                error={errorOf("password")}
                value={password}
                onChange={setPassword}
                autoComplete="new-password"
                judged={{ name, minimum: passwordMinimum }}
            />
            <p className="form-error" role="alert">{isPlaced ? "" : problem?.text}</p>
            <Button kind="primary" type="submit" isBusy={state.isBusy} disabled={state.wait > 0}>
                {account.signUp}{state.wait > 0 && ` (${state.wait})`}
            </Button>
        </form>
    );
}
