"""Texts of the emails about accounts. They have no names of people."""

from core.domain.text import Text

RESET_SUBJECT = Text({"zh": "重置密码", "en": "Reset your password"})
RESET = Text(
    {
        "zh": "请在 1 小时内打开以下链接，设置新密码。链接仅可使用一次：\n\n{link}\n\n"
        "如非您本人操作，请忽略本邮件，您的密码不会改变。\n",
        "en": "Open this link within one hour to set a new password. It works once:\n\n{link}\n\n"
        "If you did not request this, ignore this email. Your password stays the same.\n",
    }
)

REGISTRATION_SUBJECT = Text({"zh": "完成注册", "en": "Finish your registration"})
FINISH_REGISTRATION = Text(
    {
        "zh": "请在 1 小时内打开以下链接，并输入您注册时设置的密码，完成注册：\n\n{link}\n\n"
        "如果您未在本店注册，请忽略本邮件，不会创建任何账号。\n",
        "en": "Open this link within one hour and enter the password that you chose, to finish "
        "your registration:\n\n{link}\n\n"
        "If you did not register with us, ignore this email. No account is created.\n",
    }
)
ALREADY_MEMBER = Text(
    {
        "zh": "有人用此邮箱在本店注册，但该邮箱已有账号。请直接登录；如果忘记密码，"
        "请在此重置：\n\n{link}\n\n如非您本人操作，请忽略本邮件。\n",
        "en": "There was a registration with this email address, but it has an account already. "
        "Sign in. If you forgot your password, reset it here:\n\n{link}\n\n"
        "If it was not you, ignore this email.\n",
    }
)

CHANGED_SUBJECT = Text({"zh": "您的登录方式已更改", "en": "Your sign-in has changed"})
CHANGED = Text(
    {
        "zh": "您账号的密码、两步验证或登录设备刚刚发生了更改。\n\n"
        "如非您本人操作，请立即重置密码：\n\n{link}\n",
        "en": "The password, the second factor or the sessions of your account were changed.\n\n"
        "If it was not you, reset your password now:\n\n{link}\n",
    }
)
