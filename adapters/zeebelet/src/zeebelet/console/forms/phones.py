"""What the form viewer takes for an international telephone number: + or 00, a calling code, a zone, four or more digits."""

from __future__ import annotations

import re

# Calling codes of countries, as the viewer knows them: prefixes with the endings that exist.
_CALLING_CODES = """
1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90
91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239
240 241 242 243 244 245 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297
298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 379 380 381 382 383 385 386 387 389
420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 670 672 673 674 675 676 677
678 679 680 681 682 683 685 686 687 688 689 690 691 692 850 852 853 855 856 880 886 960 961 962 963 964 965 966 967 968
970 971 972 973 974 975 976 977 992 993 994 995 996 998
"""
_ZONES = r"9[976]\d|8[987530]\d|6[987]\d|5[90]\d|42\d|3[875]\d|2[1-9]\d|9[0-58]|8[1246]|6[0-6]|5[1-8]|4[013-9]|3[0-469]|2[07]|7|1"
_PHONE = re.compile(rf"(?:\+|00)(?:{'|'.join(_CALLING_CODES.split())})(?:{_ZONES})\d{{4,20}}$", re.ASCII)


def is_phone(text: str) -> bool:
    """Whether a text is, or ends with, an international telephone number."""
    return _PHONE.search(text) is not None
