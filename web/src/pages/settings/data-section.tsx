import { useState } from "react";
import { accounts } from "../../api/accounts";
import { reportSignedOut } from "../../api/client";
import { navigate } from "../../app/router";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { Icon } from "../../parts/icon";
import { useTexts } from "../../text/texts";
import { PasswordField } from "../account/password-field";
import { useForm } from "../account/use-form";
import { Section } from "../parts/page-frame";
import { ImportZone } from "./import-zone";

/** Everything out, our own files in, and the end of the account. */
export function DataSection() {
    const { settings } = useTexts();
    const [isDeleting, setDeleting] = useState(false);
    return (
        <>
            <Section title={settings.data}>
                <div className="row">
                    <div className="row-text">
                        <strong>{settings.exportAll}</strong>
                        <span className="soft">{settings.exportAllHint}</span>
                    </div>
                    <a className="button" href="/api/export" download><Icon name="download" size={18} />JSON</a>
                </div>
                <ImportZone />
            </Section>
            <Section title={settings.deleteTitle} lead={settings.deleteLead}>
                <div>
                    <Button kind="danger" onClick={() => setDeleting(true)}>{settings.deleteButton}</Button>
                </div>
            </Section>
            {isDeleting && <DeleteDialog onClose={() => setDeleting(false)} />}
        </>
    );
}

function DeleteDialog({ onClose }: { onClose: () => void }) {
    const { common, problems, settings } = useTexts();
    const [password, setPassword] = useState("");
    const state = useForm(async () => {
        if (password === "") return { text: problems.passwordMissing, field: "password" };
        await accounts.remove(password);
        navigate("/");
        reportSignedOut();
        return undefined;
    });
    const { problem } = state;
    const isWrong = problem?.text === problems.wrongCredentials;
    const isPlaced = problem?.field === "password" || isWrong;
    return (
        <Dialog title={settings.deleteTitle} onClose={onClose}>
            <form ref={state.form} className="stack" onSubmit={state.submit} method="post" noValidate>
                <p className="soft">{settings.deleteLead}</p>
                <PasswordField
                    label={settings.deletePassword}
                    value={password}
                    onChange={setPassword}
                    autoComplete="current-password"
                    error={isPlaced ? (isWrong ? problems.wrongPassword : problem?.text) : undefined}
                    autoFocus
                />
                <p className="form-error" role="alert">{isPlaced ? "" : problem?.text}</p>
                <div className="dialog-actions">
                    <Button onClick={onClose}>{common.cancel}</Button>
                    <Button kind="danger" type="submit" isBusy={state.isBusy} disabled={state.wait > 0}>
                        {settings.deleteConfirm}
                    </Button>
                </div>
            </form>
        </Dialog>
    );
}
