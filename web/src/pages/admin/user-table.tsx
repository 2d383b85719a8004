import type { ManagedAccount } from "../../api/administration";
import type { Account } from "../../api/types";
import { useLanguage } from "../../app/preferences";
import { useAccount } from "../../app/session";
import { Icon } from "../../parts/icon";
import { Menu } from "../../parts/menu";
import { useTexts } from "../../text/texts";
import { date, relative } from "../times";
import { Table } from "./table";
import { count } from "./units";

interface UserTableProps {
    accounts: readonly ManagedAccount[];
    onChange: (account: ManagedAccount, changes: { role?: Account["role"]; disabled?: boolean }) => void;
    onSetPassword: (account: ManagedAccount) => void;
    onDelete: (account: ManagedAccount) => void;
}

export function UserTable({ accounts, ...actions }: UserTableProps) {
    const { admin, users } = useTexts();
    return (
        <Table caption={users.usersCaption}>
            <thead>
                <tr>
                    <th scope="col">{users.user}</th>
                    <th scope="col">{users.role}</th>
                    <th scope="col">{users.status}</th>
                    <th scope="col" className="number">{users.chats}</th>
                    <th scope="col">{users.lastSeen}</th>
                    <th scope="col">{users.created}</th>
                    <th scope="col"><span className="visually-hidden">{admin.actions}</span></th>
                </tr>
            </thead>
            <tbody>
                {accounts.map((account) => <UserRow key={account.id} account={account} {...actions} />)}
            </tbody>
        </Table>
    );
}

function UserRow(props: { account: ManagedAccount } & Omit<UserTableProps, "accounts">) {
    const { account, onChange, onSetPassword, onDelete } = props;
    const { users } = useTexts();
    const language = useLanguage();
    const isMe = useAccount().id === account.id;
    return (
        <tr className={account.disabled ? "disabled" : undefined}>
            <th scope="row">
                <span className="with-badge">
                    <span className="two-lines">
                        {account.displayName}
                        {account.displayName !== account.name && <small>{account.name}</small>}
                    </span>
                    {isMe && <span className="badge">{users.you}</span>}
                </span>
            </th>
            <td>
                <select
                    className="input small"
                    aria-label={users.roleOf(account.name)}
                    value={account.role}
                    disabled={isMe}
                    onChange={(event) => onChange(account, { role: event.target.value as Account["role"] })}
                >
                    <option value="user">{users.roleUser}</option>
                    <option value="admin">{users.roleAdmin}</option>
                </select>
            </td>
            <td>
                {account.disabled
                    ? <span className="badge bad">{users.disabled}</span>
                    : <span className="badge good">{users.active}</span>}
            </td>
            <td className="number">{count(account.chats, language)}</td>
            <td>{account.lastSeen ? relative(account.lastSeen, Date.now(), language) : users.never}</td>
            <td>{date(account.created, language)}</td>
            <td className="number">
                {!isMe && (
                    <Menu
                        label={users.actionsFor(account.name)}
                        button={<Icon name="more" />}
                        align="end"
                        items={[
                            { label: users.setPassword, icon: "edit", onChoose: () => onSetPassword(account) },
                            {
                                label: account.disabled ? users.enable : users.disable,
                                icon: account.disabled ? "check" : "stop",
                                onChoose: () => onChange(account, { disabled: !account.disabled }),
                            },
                            {
                                label: users.deleteUser, icon: "trash", isDangerous: true,
                                onChoose: () => onDelete(account),
                            },
                        ]}
                    />
                )}
            </td>
        </tr>
    );
}
