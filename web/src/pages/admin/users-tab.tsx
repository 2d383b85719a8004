import { useState } from "react";
import type { ManagedAccount } from "../../api/administration";
import { administration } from "../../api/administration";
import { toast } from "../../parts/toasts";
import { useTexts } from "../../text/texts";
import { attempt } from "../attempt";
import { Confirm } from "../parts/confirm";
import { Loaded } from "./loaded";
import { PasswordDialog } from "./password-dialog";
import { SignUpChoice } from "./sign-up-choice";
import { usePoll } from "./use-poll";
import { UserTable } from "./user-table";

/** Accounts: who there is, what they may, and who may come. */
export function UsersTab() {
    const { problems, users } = useTexts();
    const words = { conflict: problems.lastAdministrator };
    const accounts = usePoll(administration.accounts, "accounts");
    const [deleted, setDeleted] = useState<ManagedAccount>();
    const [reset, setReset] = useState<ManagedAccount>();

    const change = (account: ManagedAccount, changes: Parameters<typeof administration.changeAccount>[1]) =>
        attempt(async () => {
            await administration.changeAccount(account.id, changes);
            await accounts.refresh();
        }, words);
    const remove = (account: ManagedAccount) => attempt(async () => {
        await administration.removeAccount(account.id);
        toast(users.userDeleted(account.name));
        await accounts.refresh();
    }, words);

    return (
        <>
            <SignUpChoice />
            <Loaded value={accounts.value} failure={accounts.failure} onRetry={() => void accounts.refresh()}>
                {(value) => (
                    <UserTable
                        accounts={value.accounts}
                        onChange={(account, changes) => void change(account, changes)}
                        onSetPassword={setReset}
                        onDelete={setDeleted}
                    />
                )}
            </Loaded>
            {deleted !== undefined && (
                <Confirm
                    title={users.deleteUserTitle(deleted.name)}
                    text={users.deleteUserLead(deleted.chats)}
                    action={users.deleteUser}
                    onConfirm={() => remove(deleted)}
                    onClose={() => setDeleted(undefined)}
                />
            )}
            {reset !== undefined && <PasswordDialog account={reset} onClose={() => setReset(undefined)} />}
        </>
    );
}
