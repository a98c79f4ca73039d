"""The catalogue of bad inputs, by row: what people and machines may send that they should not, and which tests send it.

A row is held by the tests that are named, or it says what has to exist before anybody can try. The numbers are
permanent; rows are added, never renumbered.
"""

NOT_YET = "not yet: "
Row = tuple[str, ...] | str

NOTIFICATIONS: dict[int, Row] = {
    # half past two on a day on which the clocks skip it
    1: ("notifications/test_schedule.py::a_time_the_clocks_skip_is_due_right_after_and_a_doubled_one_the_first_time",),
    # … on a day that has it twice
    2: ("notifications/test_schedule.py::a_time_the_clocks_skip_is_due_right_after_and_a_doubled_one_the_first_time",),
    # half past eleven at night, where the gap leads over midnight
    3: ("notifications/test_schedule.py::a_reminder_pushed_over_midnight_takes_nothing_from_the_next_day",),
    # midnight where it is skipped
    4: ("notifications/test_schedule.py::a_time_the_clocks_skip_is_due_right_after_and_a_doubled_one_the_first_time",),
    # a day that a calendar does not have
    5: ("notifications/test_schedule.py::a_day_that_a_calendar_skips_has_nothing_due_and_the_next_is_as_ever",),
    # zones that are none
    6: (
        "accounts/test_zones.py::a_zone_that_does_not_exist_is_refused_and_the_old_one_kept",
        "accounts/test_settings.py::a_zone_that_is_none_is_refused_and_the_old_one_kept",
    ),
    # a zone that a new release has renamed or dropped
    7: (
        "accounts/test_zones.py::a_zone_that_is_gone_breaks_no_page",
        "challenges/test_reminders.py::a_new_release_of_the_time_zones_sets_every_clock_anew",
    ),
    # twenty changes of zone in a day
    8: (
        "notifications/test_schedule.py::flying_west_over_midnight_repeats_no_day",
        "challenges/test_reminders.py::another_zone_moves_the_clock_and_repeats_no_day",
    ),
    # hours that are none
    9: ("notifications/test_reminders_page.py::what_is_no_time_is_refused",),
    # quiet hours that begin when they end, and such that leave a minute
    10: (
        "notifications/test_schedule.py::quiet_hours_that_begin_when_they_end_are_none",
        "notifications/test_reminders_page.py::quiet_hours_that_leave_little_are_kept_with_a_word",
    ),
    # the clock of the machine jumps
    11: ("notifications/test_wall_clock.py::a_clock_that_jumps_stops_sending_and_turns_health_red",),
    # nothing was sent for ten days
    12: (
        "challenges/test_reminders.py::after_standing_still_nobody_gets_more_than_one",
        "feed/test_digest.py::after_standing_still_one_letter_comes",
    ),
    # two beats, three senders
    13: ("notifications/test_planner.py::two_beats_and_three_dispatchers_remind_everybody_once_a_day",),
    # five thousand who are due in the same minute
    14: ("challenges/test_reminders.py::who_came_a_second_before_the_hour_is_reminded_at_it",),
    # somebody goes while it is on its way
    15: ("notifications/test_sender.py::who_has_left_is_told_nothing",),
    # somebody switches it off while it waits
    16: ("challenges/test_reminders.py::what_changes_between_planning_and_sending_counts",),
    # an address that nobody has confirmed yet
    17: ("accounts/test_address.py::mia_changes_her_address_and_the_old_one_is_told",),
    # a guard that opens every link
    18: (
        "notifications/test_stop.py::looking_changes_nothing_and_the_page_s_own_button_works",
        "accounts/test_address.py::looking_at_the_link_changes_nothing",
    ),
    # one click twice, with another body, with the cookies of somebody else
    19: (
        "notifications/test_stop.py::somebody_else_s_cookies_do_not_matter",
        "notifications/test_stop.py::another_body_is_refused",
        "notifications/test_stop.py::a_token_that_was_made_up_or_cut_off_says_nothing_about_anybody",
    ),
    # a report of a bounce that was made up
    20: (
        "notifications/test_mail_hook.py::who_does_not_know_the_secret_is_not_believed",
        "notifications/test_mail_hook.py::one_with_a_signature_that_was_made_up_is_not",
        "notifications/test_mail_hook.py::a_report_about_a_stranger_has_no_end",
    ),
    # machines that answer: nothing reads what comes back, and every letter asks them not to
    21: ("notifications/test_mail.py::no_machine_should_answer",),
    # addresses with more than an address in them
    22: (
        "notifications/test_mail.py::an_address_cannot_add_a_header",
        "accounts/test_address.py::what_is_no_address_is_refused_and_kept",
        "groups/test_addresses.py::whatever_is_pasted_only_addresses_come_out",
    ),
    # subjects with lines, without an end, turned around
    23: ("notifications/test_mail.py::a_subject_is_one_clean_line",),
    # addresses of push services that are none, or somebody else's
    24: (
        "notifications/test_devices.py::an_address_that_is_no_push_service_is_refused",
        "notifications/test_devices.py::a_browser_belongs_to_who_used_it_last",
    ),
    # a thousand devices of one person
    25: ("notifications/test_devices.py::more_than_ten_take_the_place_of_the_oldest",),
    # a Redis that has forgotten everything
    26: ("services/test_worker.py::a_broker_that_forgets_everything_loses_no_letter",),
    # messages of another version, of a task that is unknown, of another make
    27: (
        "notifications/test_limits.py::a_bell_of_another_make_is_not_heard",
        "notifications/test_sender.py::a_kind_of_an_older_release_is_skipped",
    ),
}

ACCOUNTS: dict[int, Row] = {
    # 10,000 guesses of join codes, from one address and from five hundred
    28: (
        "safety/test_limits.py::ten_thousand_guesses_are_stopped_and_hopeless",
        "groups/test_join.py::guessing_all_day_from_everywhere_is_hopeless",
        "groups/test_join.py::one_address_gets_a_hundred_wrong_tries_a_day",
    ),
    # a code in small letters, with spaces, dashes, wide letters, look-alikes
    29: (
        "groups/test_join.py::a_code_is_read_as_people_write_it",
        "groups/test_join.py::codes_are_drawn_well_and_read_tolerantly",
        "safety/test_accounts.py::letters_that_only_look_alike_open_nothing",
    ),
    # a code after its end, after a new one, when it is full, for who was removed
    30: (
        "groups/test_join.py::a_dead_code_looks_like_any_wrong_one",
        "groups/test_codes.py::a_code_is_given_an_end_and_a_number_of_places",
        "safety/test_accounts.py::who_was_removed_reads_the_same_as_who_guesses",
    ),
    # fifty who join at once for one seat
    31: ("groups/test_join.py::of_fifty_who_join_at_once_one_gets_the_last_seat",),
    # signing up with an address that is taken, or nearly
    32: (
        "safety/test_accounts.py::a_taken_address_in_other_clothes_tells_nothing",
        "accounts/test_sign_up.py::a_taken_address_sees_the_same_page_and_gets_a_letter_of_another_kind",
    ),
    # names that are empty, invisible, endless, piled up, turned around, of emoji alone
    33: (
        "accounts/test_names.py::a_name_is_kept_as_it_is_meant",
        "accounts/test_names.py::a_name_with_nothing_to_see_is_refused",
        "accounts/test_names.py::a_name_that_is_too_long_is_refused_at_once",
        "accounts/test_names.py::marks_do_not_pile_up",
        "accounts/test_sign_up.py::a_name_that_is_none_is_asked_for_again_and_the_address_is_kept",
        "safety/test_pupils.py::what_a_pupil_can_be_called",
        "groups/test_roster.py::a_name_that_is_none_is_refused_with_its_line",
    ),
    # two children of one name
    34: (
        "groups/test_class_door.py::two_of_the_same_name_are_counted_through",
        "groups/test_roster.py::a_surname_is_left_out_and_its_letter_kept_only_for_twins",
        "groups/test_oneroster.py::two_of_the_same_name_get_a_letter_for_the_teacher",
        "feed/test_waiting.py::two_of_one_name_are_told_apart_for_the_teacher",
        "feed/test_pupil.py::two_of_the_same_name_can_be_told_apart",
    ),
    # passwords that are short, common, of the product's name, endless, of spaces, with a NUL, composed in another way
    35: (
        "safety/test_accounts.py::which_passwords_are_taken",
        "safety/test_accounts.py::a_password_opens_however_its_letters_were_composed",
        "accounts/test_sign_in.py::which_passwords_are_good",
    ),
    # resetting the password of who has none
    36: (
        "safety/test_accounts.py::a_reset_answers_alike_whoever_asks",
        "safety/test_pupils.py::no_letter_is_sent_for_a_child",
        "groups/test_class_door.py::five_errors_lock_and_the_teacher_lets_them_try_again",
    ),
    # a reset code a second time, after another change, too late, in another browser
    37: ("safety/test_accounts.py::a_reset_code_is_worth_nothing_after",),
    # codes of the second step: twice, of other half minutes, with spaces, in Arabic digits
    38: (
        "accounts/test_second_step.py::a_code_works_once",
        "accounts/test_second_step.py::the_code_of_another_half_minute_is_refused",
        "accounts/test_second_step.py::a_code_is_read_however_it_is_typed",
        "accounts/test_second_step.py::what_is_no_code_is_refused",
    ),
    # one recovery code in twenty threads
    39: ("accounts/test_second_step.py::of_twenty_at_once_one_code_lets_one_in",),
    # cookies of before signing out, of a closed account, planted before signing in
    40: (
        "accounts/test_sessions.py::an_old_cookie_is_worth_nothing_after",
        "accounts/test_sessions.py::a_planted_cookie_does_not_become_somebodys",
    ),
    # made-up X-Forwarded-For
    41: (
        "safety/test_limits.py::a_thousand_made_up_addresses_are_one_visitor",
        "accounts/test_sign_in.py::another_forwarded_address_does_not_help",
    ),
    # another Host, another X-Forwarded-Host
    42: (
        "safety/test_accounts.py::another_host_is_refused",
        "safety/test_accounts.py::no_letter_leads_where_a_header_points",
    ),
    # dishonest statements of another server
    43: (
        "accounts/test_servers.py::a_dishonest_statement_signs_nobody_in",
        "accounts/test_servers.py::an_answer_counts_once",
        "accounts/test_servers.py::the_address_of_an_account_links_nothing",
        "accounts/test_servers.py::the_same_subject_elsewhere_is_somebody_else",
    ),
    # passkeys from elsewhere, copied, of somebody else
    44: (
        "accounts/test_passkeys.py::what_is_not_quite_the_passkey_opens_nothing",
        "accounts/test_passkeys.py::a_passkey_opens_nobody_elses_account",
    ),
    # the last leader goes
    45: (
        "groups/test_settings.py::the_last_leader_is_shown_the_way_out",
        "groups/test_memberships.py::the_last_leader_cannot_be_removed",
        "groups/test_people.py::the_last_leader_hands_over_before_leaving",
    ),
    # a child who types the addresses of grown-ups
    46: (
        "test_access.py::a_pupil_reaches_what_is_marked_and_nothing_else",
        "test_access.py::what_is_closed_to_a_pupil_looks_like_nothing",
    ),
    # a tablet that goes from hand to hand
    47: (
        "e2e/test_class_journey.py::the_next_child_finds_nothing_of_the_one_before",
        "groups/test_class_door.py::not_me_leaves_nothing_behind_the_back_button",
        "groups/test_class_door.py::a_shared_tablet_forgets_who_was_there_after_ten_minutes",
        "groups/test_class_door.py::the_next_child_takes_the_place_of_the_one_before",
    ),
    # a teacher who is gone
    48: (
        "groups/test_teachers.py::a_teachers_account_that_is_closed_leaves_the_class_to_the_others",
        "groups/test_teachers.py::links_of_a_teacher_who_is_gone_are_dead",
        "groups/test_teachers.py::a_class_whose_only_teacher_is_gone_passes_to_the_next",
        "accounts/test_sessions.py::an_old_cookie_is_worth_nothing_after",
    ),
}

ISOLATION: dict[int, Row] = {
    # ids of another organization's things, everywhere
    49: (
        "test_access.py::a_stranger_cannot_tell_a_foreign_thing_from_a_nonsense_id",
        "test_access.py::nothing_of_another_organization_shows_up_anywhere",
        "feed/test_bad_inputs.py::what_is_foreign_is_as_nowhere_as_nonsense",
        "feed/test_acts.py::nothing_of_another_group_can_be_named",
    ),
    # hidden fields that move an act
    50: (
        "feed/test_bad_inputs.py::no_hidden_field_moves_or_signs_an_act",
        "feed/test_composer.py::fields_that_are_not_the_composers_change_nothing",
    ),
    # answers to what is not shown
    51: (
        "feed/test_bad_inputs.py::what_is_not_shown_is_nowhere",
        "feed/test_reactions.py::what_is_not_shown_cannot_be_answered",
        "feed/test_reports.py::what_is_not_shown_is_reported_by_nobody",
    ),
    # naming somebody of another organization
    52: ("feed/test_bad_inputs.py::a_name_in_the_words_is_only_words",),
    # the address of a photo, passed on to an outsider
    53: (
        "feed/test_uploads.py::each_role_gets_the_photos_it_may_see_now_and_no_other",
        "feed/test_photos.py::who_left_the_group_sees_no_photo_from_the_next_request_on",
    ),
    # cursors that are foreign, negative, endless, none
    54: (
        "feed/test_group_feed.py::a_cursor_that_is_not_ours_is_refused",
        "feed/test_group_feed.py::a_foreign_cursor_shows_ones_own_group",
        "pages/test_today.py::a_cursor_that_is_none_shows_my_own_acts_or_nothing",
        "feed/test_credits.py::a_long_list_comes_page_by_page",
    ),
    # searching for what is another organization's, and for signs that mean something to a database
    55: (
        "feed/test_group_feed.py::search_finds_words_in_any_case_in_this_group_only",
        "feed/test_group_feed.py::signs_with_a_meaning_elsewhere_mean_themselves",
        "feed/test_group_feed.py::a_very_long_search_is_cut_and_answers",
    ),
    # the same with and without the headers of htmx
    56: (
        "feed/test_bad_inputs.py::a_header_opens_no_door",
        "feed/test_bad_inputs.py::what_is_foreign_is_as_nowhere_as_nonsense",
    ),
    # HEAD, OPTIONS, PUT and the like
    57: (
        "test_access.py::each_role_gets_what_the_table_says",
        "feed/test_bad_inputs.py::looking_changes_nothing_and_other_methods_are_refused",
    ),
    # a field twice, in the address and in the form
    58: (
        "feed/test_bad_inputs.py::a_field_sent_twice_is_its_last",
        "feed/test_acts.py::a_field_sent_twice_counts_once_and_an_address_never_chooses",
        "feed/test_reports.py::of_a_field_sent_twice_the_last_counts",
    ),
}

TEXT: dict[int, Row] = {
    # markup, script, templates
    59: (
        "feed/test_bad_inputs.py::words_are_kept_and_shown_as_words",
        "e2e/test_security.py::words_that_try_to_be_markup_stay_words",
        "groups/test_settings.py::odd_names_work_as_names",
    ),
    # attributes of htmx
    60: (
        "feed/test_bad_inputs.py::words_are_kept_and_shown_as_words",
        "e2e/test_security.py::words_that_try_to_be_markup_stay_words",
    ),
    # too much
    61: (
        "feed/test_bad_inputs.py::too_much_is_refused_and_kept",
        "feed/test_bad_inputs.py::what_no_database_should_keep_is_not_kept",
        "groups/test_settings.py::a_name_that_is_none_is_refused_kindly",
        "groups/test_organization_page.py::a_contact_that_cannot_be_reached_is_refused_and_kept",
    ),
    # bytes that are no text
    62: (
        "feed/test_bad_inputs.py::no_bytes_break_a_form",
        "feed/test_bad_inputs.py::what_no_database_should_keep_is_not_kept",
        "pages/test_bad_addresses.py::a_nul_in_a_form_finds_nothing",
        "feed/test_reports.py::odd_words_are_kept_as_words",
    ),
    # text that turns what stands around it
    63: (
        "feed/test_bad_inputs.py::words_and_names_turn_nothing_around_them",
        "safety/test_markup.py::on_every_page_words_stay_words",
    ),
    # links in what people write
    64: ("feed/test_bad_inputs.py::no_address_becomes_a_link",),
    # cells that a spreadsheet would run
    65: (
        "pages/test_lead_sheets.py::no_cell_is_a_formula",
        "pages/test_lead_sheets.py::numbers_and_plain_words_stay_as_they_are",
    ),
    # the name of a file that a group's name makes
    66: (
        "groups/test_invite.py::the_qr_code_is_a_picture_with_a_name_and_the_code",
        "pages/test_lead_sheets.py::a_file_is_named_so_that_no_header_breaks",
        "safety/test_accounts.py::no_name_writes_into_a_header",
    ),
    # a group called null, CON, Robert'); DROP TABLE
    67: (
        "groups/test_settings.py::odd_names_work_as_names",
        "feed/test_bad_inputs.py::a_group_of_any_name_takes_acts",
    ),
    # words that were changed after somebody read them
    68: (
        "feed/test_acts.py::words_that_are_read_first_are_read_again",
        "feed/test_photos.py::a_description_that_is_read_first_is_read_again",
        "feed/test_pupil.py::what_was_read_is_not_changed_afterwards",
    ),
    # sent twice
    69: (
        "feed/test_bad_inputs.py::sent_twice_is_once",
        "feed/test_told_before.py::the_same_words_a_moment_later_are_asked_about",
        "feed/test_photos.py::posted_twice_is_one_photo",
    ),
    # a way on that leads away
    70: (
        "feed/test_bad_inputs.py::the_way_back_is_ones_own",
        "accounts/test_sign_up.py::the_way_back_never_leaves_this_site",
        "accounts/test_confirming.py::the_way_on_stays_here",
        "accounts/test_terms.py::the_way_on_stays_on_this_site",
        "safety/test_forms.py::no_form_leads_away",
        "safety/test_forms.py::no_way_through_a_door_leads_away",
    ),
}

UPLOADS: dict[int, Row] = {
    # files that are something else
    71: (
        "feed/test_uploads.py::everything_else_is_refused_kindly_and_leaves_nothing",
        "feed/test_uploads.py::the_same_files_from_a_pupil",
    ),
    # pictures that are made to cost much
    72: ("feed/test_uploads.py::no_file_costs_more_than_256_megabytes_and_five_seconds",),
    # thousands of frames
    73: (
        "feed/test_uploads.py::a_good_picture_is_drawn_anew_and_carries_nothing_along",
        "feed/test_uploads.py::no_file_costs_more_than_256_megabytes_and_five_seconds",
    ),
    # what a picture may carry along
    74: (
        "feed/test_uploads.py::a_good_picture_is_drawn_anew_and_carries_nothing_along",
        "feed/test_uploads.py::the_same_files_from_a_pupil",
    ),
    # how a picture lies, and every other kind of file
    75: (
        "feed/test_photos.py::a_photo_stands_as_it_was_taken",
        "feed/test_uploads.py::everything_else_is_refused_kindly_and_leaves_nothing",
    ),
    # broken files
    76: (
        "feed/test_uploads.py::everything_else_is_refused_kindly_and_leaves_nothing",
        "feed/test_uploads.py::the_same_files_from_a_pupil",
    ),
    # names of files
    77: (
        "feed/test_photos.py::the_name_of_the_file_is_not_kept",
        "feed/test_uploads.py::names_in_the_storage_are_random_and_say_nothing",
        "feed/test_uploads.py::the_same_files_from_a_pupil",
    ),
    # bodies that are too large, cut off or no form
    78: (
        "feed/test_uploads.py::a_broken_form_is_refused_and_leaves_nothing",
        "feed/test_uploads.py::a_broken_form_of_a_pupil_is_refused_and_leaves_nothing",
        "feed/test_bad_inputs.py::a_body_that_is_no_form_is_refused",
        "feed/test_photos.py::a_flood_is_refused_unread",
    ),
    # many at once, and the same one many times
    79: (
        "feed/test_photos.py::uploads_are_limited",
        "feed/test_photos.py::posted_twice_is_one_photo",
    ),
    # a disk that is full
    80: ("feed/test_photos.py::a_full_disk_leaves_no_row_and_no_file",),
    # the photo of an act that is gone
    81: (
        "feed/test_uploads.py::a_photo_is_denied_from_the_next_request_on",
        "feed/test_photos.py::a_photo_is_gone_with_its_act_and_only_for_who_reads_it_while_it_waits",
    ),
    # a part of a photo, or whether it has changed
    82: (
        "feed/test_photos.py::asking_in_another_way_opens_no_other_door",
        "feed/test_uploads.py::the_same_files_from_a_pupil",
    ),
}

ROSTER: dict[int, Row] = {
    # headers in another order, another case, with more or less
    90: ("groups/test_oneroster.py::what_becomes_of_a_bundle",),
    # marks, line ends, quotes, bytes that are no UTF-8
    91: ("groups/test_oneroster.py::what_becomes_of_a_bundle",),
    # what the manifest says and what is there
    92: ("groups/test_oneroster.py::what_becomes_of_a_bundle",),
    # rows that fit no other row
    93: (
        "groups/test_oneroster.py::what_becomes_of_a_bundle",
        "groups/test_oneroster.py::two_hundred_mistakes_are_shown_and_the_rest_is_counted",
    ),
    # most of a class is missing
    94: ("groups/test_oneroster.py::tomorrows_file_with_three_of_thirty_asks_first",),
    # another class, another name, another child under an old id
    95: (
        "groups/test_oneroster.py::a_pupil_moves_with_the_id_and_keeps_the_card",
        "groups/test_oneroster.py::a_name_that_changes_a_little_follows_and_a_nickname_stays",
        "groups/test_oneroster.py::an_id_that_comes_back_for_another_child_is_held",
    ),
    # archives that are traps
    96: (
        "groups/test_oneroster.py::traps_are_refused_before_anything_is_unpacked",
        "groups/test_oneroster.py::two_files_of_one_name_are_refused",
        "groups/test_oneroster.py::a_zip_with_a_password_is_refused",
        "groups/test_oneroster.py::a_file_that_is_larger_than_it_said_is_not_read_on",
    ),
    # what nobody here asks for
    97: ("groups/test_oneroster.py::classes_and_pupils_come_and_nothing_else_is_kept",),
    # cells that are formulas, endless, of other scripts
    98: ("groups/test_oneroster.py::what_becomes_of_a_bundle",),
}

ROWS: dict[int, Row] = NOTIFICATIONS | ACCOUNTS | ISOLATION | TEXT | UPLOADS | ROSTER
