import type { Texts } from "../en";

export const admin: Texts["admin"] = {
    title: "管理",
    denied: "只有管理员可以查看此页面。",
    tabs: { services: "服务", bill: "账单", users: "用户", invitations: "邀请" },
    actions: "操作",
};
