import { useState } from "react";
import { accounts } from "../../api/accounts";
import { adoptAccount } from "../../app/session";
import { Button } from "../../parts/button";
import { Field } from "../../parts/field";
import { useTexts } from "../../text/texts";
import { PasswordField } from "./password-field";
import { useForm } from "./use-form";

export function SignInForm() {
    const { account, problems } = useTexts();
    const [name, setName] = useState("");
    const [password, setPassword] = useState("");
    const state = useForm(async () => {
        if (name.trim() === "") return { text: problems.nameMissing, field: "name" };
        if (password === "") return { text: problems.passwordMissing, field: "password" };
        adoptAccount(await accounts.signIn(name.trim(), password));
        return undefined;
    });
    const { problem } = state;
    const errorOf = (field: string) => (problem?.field === field ? problem.text : undefined);

    return (
        <form ref={state.form} className="gate-form" onSubmit={state.submit} method="post" noValidate>
            <Field
                label={account.name}
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
                error={errorOf("password")}
                value={password}
                onChange={setPassword}
                autoComplete="current-password"
            />
            <p className="form-error" role="alert">{problem?.field === undefined ? problem?.text : ""}</p>
            <Button kind="primary" type="submit" isBusy={state.isBusy} disabled={state.wait > 0}>
                {account.signIn}{state.wait > 0 && ` (${state.wait})`}
            </Button>
        </form>
    );
}
