import type { Texts } from "../en";

export const invitations: Texts["invitations"] = {
    invitationsLead: "每个邀请链接可注册一个账号。",
    invite: "邀请新用户",
    note: "备注",
    noteHint: "仅管理员可见，例如邀请对象。",
    expires: "有效期",
    createInvitation: "创建邀请",
    invitationOnce: "请立即复制链接，关闭后不再显示。",
    invitationsCaption: "邀请",
    invitationsNone: "还没有邀请。",
    usedBy: (name) => `已由 ${name} 使用`,
    open: "未使用",
    expiredOn: "已过期",
    revoke: "撤销",
    revokeOf: (note) => `撤销邀请“${note}”`,
    invitationRevoked: "邀请已撤销",
    withoutNote: "无备注",
};
